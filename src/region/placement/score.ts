import { xxHash64 } from "../../base/xxhash64.ts";

/** 32 bits that stand for a name in {@link score}; some microseconds. */
export function nameSeed(name: string): number {
  return Number(xxHash64(name) & 0xffff_ffffn);
}

/**
 * How well a node suits an app, above 0; the highest wins. Rendezvous hashing (Thaler and Ravishankar, "Using Name-Based
 * Mappings to Increase Hit Rates", 1998), with weights as Schindelhauer and Schomaker have them ("Weighted Distributed
 * Hash Tables", 2005): each node wins apps by its share of all weights, and one that comes or goes changes nothing between
 * the others.
 */
export function score(appSeed: number, nodeSeed: number, weight: number): number {
  // The finalizer of MurmurHash3 (public domain, by Austin Appleby).
  let hash = (appSeed + Math.imul(nodeSeed, 0x9e3779b1)) | 0;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  hash = (hash ^ (hash >>> 16)) >>> 0;
  return weight / -Math.log((hash + 0.5) / 4_294_967_296);
}
