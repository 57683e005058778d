import { askBothFamilies, type FamilyQuestions } from "./both_families.ts";
import type { Hosts } from "./files/hosts_file.ts";
import type { SystemDnsSettings } from "./files/resolv_conf.ts";
import { searchedNames } from "./files/search_list.ts";
import type { Lookup } from "./lookup.ts";
import { lookUpInHosts } from "./look_up_in_hosts.ts";

/** What the machine's files say of names. */
export interface NameFiles {
  hosts(): Hosts;
  /** Of which the search list counts. */
  dns(): SystemDnsSettings;
}

/** Looks into the hosts file, then asks the given DNS servers and nobody else. */
export function serverLookup(questions: FamilyQuestions, files: NameFiles): Lookup {
  return async (host, call) =>
    lookUpInHosts(host, files.hosts(), questions.order) ??
      await askBothFamilies(questions, searchedNames(host, files.dns()), call);
}
