import assert from "node:assert/strict";
import { IMAGE_COMMAND, IMAGE_ENVIRONMENT, layOutImage } from "../../../scripts/image_root.ts";
import { echoTarget } from "../../kit/echo_target.ts";
import { LaunchedProgram } from "../../kit/launched_program.ts";
import { has, testIf } from "../../kit/programs.ts";
import { within } from "../../kit/within.ts";

/** What the distroless image has, too: the C library and certificates. */
const PACKAGES = ["libc6", "libgcc-s1", "ca-certificates"];
/** Certificates are made when the package is set up. */
const CERTIFICATES = "/etc/ssl/certs/ca-certificates.crt";
/** The user `nonroot` of the distroless image. */
const NONROOT = 65_532;

const decoder = new TextDecoder();

const obstacle = Deno.build.os !== "linux" || Deno.uid() !== 0
  ? "needs root on Linux"
  : ["dpkg-query", "unshare", "chroot"].every(has)
  ? null
  : "needs Debian's dpkg, unshare and chroot";

/** A directory that stands for `/`: files of Debian packages and the layout of the image, and nothing else. */
class ImageRoot implements AsyncDisposable {
  private constructor(readonly path: string) {}

  static async create(): Promise<ImageRoot> {
    const path = await Deno.makeTempDir({ prefix: "fproxy-test-" });
    await Deno.chmod(path, 0o755);
    for (const name of ["usr/lib", "usr/lib64", "etc/ssl/certs", "proc", "dev"]) {
      await Deno.mkdir(`${path}/${name}`, { recursive: true });
    }
    await Deno.symlink("usr/lib", `${path}/lib`);
    await Deno.symlink("usr/lib64", `${path}/lib64`);
    const { stdout } = await new Deno.Command("dpkg-query", { args: ["--listfiles", ...PACKAGES] }).output();
    for (const file of new Set(decoder.decode(stdout).split("\n"))) await copy(file, path);
    await copy(CERTIFICATES, path);
    await layOutImage(path);
    return new ImageRoot(path);
  }

  /** Starts the program of the image with these arguments, as the image's user, with a /proc as containers have. */
  launch(args: readonly string[]): LaunchedProgram {
    const script = `mount -t proc proc "$0/proc" && exec chroot --userspec=${NONROOT}:${NONROOT} "$0" "$@"`;
    return new LaunchedProgram({
      command: "unshare",
      args: ["--mount", "sh", "-c", script, this.path, ...IMAGE_COMMAND, ...args],
      env: { PATH: Deno.env.get("PATH") ?? "", ...IMAGE_ENVIRONMENT },
      clearEnv: true,
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.path, { recursive: true });
  }
}

/** Copies a file or link of this system to the same path below a root; directories only come with what is in them. */
async function copy(file: string, root: string): Promise<void> {
  const info = await Deno.lstat(file).catch(() => null);
  if (info === null || info.isDirectory) return;
  if (info.isSymlink && (await Deno.stat(file)).isDirectory) return;
  await Deno.mkdir(`${root}${file.replace(/\/[^/]*$/, "")}`, { recursive: true });
  if (info.isSymlink) await Deno.symlink(await Deno.readLink(file), root + file);
  else await Deno.copyFile(file, root + file);
}

testIf(
  obstacle,
  "image: in a root without shell, as a user other than root, it proxies and drains",
  async () => {
    await using root = await ImageRoot.create();
    await using target = echoTarget();
    const app = {
      name: "web",
      ports: ["127.0.0.1:0"],
      targets: [`127.0.0.1:${target.port}`],
      engine: "auto",
    };
    await Deno.mkdir(`${root.path}/etc/fproxy`);
    await Deno.writeTextFile(
      `${root.path}/etc/fproxy/config.yaml`,
      JSON.stringify({ admin: { listen: "127.0.0.1:0" }, apps: [app] }),
    );
    await using program = root.launch(["--config", "/etc/fproxy/config.yaml"]);
    const [, admin = ""] = await program.line(/"admin server listens","address":"([^"]+)"/, 60_000);
    await program.line(/"message":"started"/, 60_000);
    assert.match(
      Deno.readTextFileSync(`/proc/${program.pid}/status`),
      new RegExp(`^Uid:\\t${NONROOT}\\t`, "m"),
    );

    const status = await (await fetch(`http://${admin}/api/status`)).json();
    const [listener] = status.apps[0].listeners;
    const connection = await Deno.connect({ port: Number(listener.address.split(":").at(-1)) });
    await connection.write(new TextEncoder().encode("hello"));
    await connection.closeWrite();
    assert.equal(await within("the echo", new Response(connection.readable).text()), "hello");

    await using health = root.launch(["health", "--admin", admin]);
    assert.equal((await health.result(60_000)).code, 0);
    await using version = root.launch(["version", "--build"]);
    assert.match((await version.result(60_000)).stdout, /^build +image, /m);

    program.kill("SIGTERM");
    const { code, stderr } = await program.result();
    assert.equal(code, 0, stderr);
  },
);
