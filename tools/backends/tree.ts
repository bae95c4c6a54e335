import { globSync, readdirSync, readFileSync, writeFileSync } from "node:fs"
import { cpus, hostname } from "node:os"
import { join } from "node:path"
import type { Report } from "./Backend.ts"
import { type Artifact, artifact, buildOnce, isBuilt } from "./cache.ts"
import { isOnPath, run } from "./run.ts"

const base =
  "base-files base-passwd libc-bin dash bash coreutils sed grep gawk findutils passwd util-linux mount hostname ca-certificates procps iproute2"
const servers = "minicondor openssh-server runc containernetworking-plugins busybox-static"
const packages = `${base} ${servers}`.split(" ")

/** The user that servers and their jobs run as. */
export const treeUser = { name: "tester", uid: 1000, home: "/home/tester" } as const

const accounts: ReadonlyArray<readonly [name: string, id: number, home: string, shell: string]> = [
  [treeUser.name, treeUser.uid, treeUser.home, "/bin/bash"],
  ["condor", 64, "/var/empty", "/usr/sbin/nologin"],
  ["sshd", 101, "/var/empty", "/usr/sbin/nologin"]
]

/** A Debian trixie file tree with the servers that this machine's own packages may not have, or have too old. */
export const tree = (): Artifact => artifact("trixie", [import.meta.filename])

/** The Debian mirror that this machine itself installs from, if there is one; apt may never have asked it yet. */
const mirror = (): string | undefined => {
  if (process.env.MIRROR !== undefined) return process.env.MIRROR
  const files = globSync("/etc/apt/{sources.list,sources.list.d/*.{list,sources}}")
  const lines = files.map((file) => readFileSync(file, "utf8")).join("\n")
  return /^[^#\n]*?\b(https?:\/\/\S+\/debian)\/?\s/m.exec(lines)?.[1]
}

/** What this machine lacks to unpack and enter the tree, or nothing. */
export const lacksForTree = async (): Promise<string | undefined> => {
  if (process.platform !== "linux") return "it needs Linux"
  if (process.getuid?.() !== 0) return "it needs root (mounts and namespaces)"
  for (const tool of ["unshare", "nsenter", "pivot_root"]) if (!(await isOnPath(tool))) return `no ${tool} on the PATH`
  if (isBuilt(tree())) return undefined
  for (const tool of ["apt-get", "dpkg-deb", "tar"]) if (!(await isOnPath(tool))) return `no ${tool} on the PATH`
  return mirror() === undefined ? "apt has no Debian mirror here: name one in MIRROR" : undefined
}

/** Has apt resolve and download against an empty package database of its own: this machine's stays as it is. */
const download = async (dir: string, apt: string): Promise<void> => {
  await run(["mkdir", "-p", `${apt}/lists/partial`, `${apt}/cache/archives/partial`, `${apt}/etc/trusted.gpg.d`])
  writeFileSync(`${apt}/status`, "")
  const keyring = "/usr/share/keyrings/debian-archive-keyring.gpg"
  writeFileSync(`${apt}/etc/sources.list`, `deb [signed-by=${keyring}] ${mirror()} trixie main\n`)
  const settings = {
    "Dir::State": apt,
    "Dir::State::lists": `${apt}/lists`,
    "Dir::State::status": `${apt}/status`,
    "Dir::Cache": `${apt}/cache`,
    "Dir::Etc": `${apt}/etc`,
    "Dir::Etc::sourcelist": `${apt}/etc/sources.list`,
    "Dir::Etc::sourceparts": "-",
    "APT::Install-Recommends": "false",
    "APT::Sandbox::User": "root",
    "Debug::NoLocking": "1"
  }
  const aptGet = ["apt-get", ...Object.entries(settings).flatMap(([name, value]) => ["-o", `${name}=${value}`]), "-qq"]
  await run([...aptGet, "update"], { cwd: dir })
  await run([...aptGet, "-y", "--download-only", "install", ...packages], { cwd: dir })
}

/** Unpacks by tar, as dpkg-deb would turn the links of the merged /usr into directories. */
const unpack = async (root: string, archives: string): Promise<void> => {
  for (const name of ["bin", "sbin", "lib", "lib64"]) {
    await run(["mkdir", "-p", join(root, "usr", name)])
    await run(["ln", "-sfn", `usr/${name}`, join(root, name)])
  }
  const queue = readdirSync(archives).filter((name) => name.endsWith(".deb"))
  const worker = async () => {
    for (let deb = queue.pop(); deb !== undefined; deb = queue.pop()) {
      const script = 'set -e; dpkg-deb --fsys-tarfile "$1" | tar -C "$2" -x --keep-directory-symlink'
      await run(["bash", "-o", "pipefail", "-c", script, "unpack", join(archives, deb), root])
    }
  }
  await Promise.all(cpus().map(worker))
}

/** Does what the packages' own scripts would have done, as far as the servers need it. */
const settle = async (root: string): Promise<void> => {
  const etc = (name: string) => join(root, "etc", name)
  const master = (name: string) => readFileSync(join(root, "usr/share/base-passwd", `${name}.master`), "utf8")
  const users = master("passwd") + accounts.map(([n, id, home, sh]) => `${n}:x:${id}:${id}::${home}:${sh}\n`).join("")
  writeFileSync(etc("passwd"), users)
  writeFileSync(etc("group"), master("group") + accounts.map(([n, id]) => `${n}:x:${id}:\n`).join(""))
  // A password of "*" only means none; "!" would mean locked, and sshd then refuses keys too.
  writeFileSync(etc("shadow"), users.replaceAll(/^([^:]*):.*$/gm, "$1:*:20000::::::"), { mode: 0o640 })
  writeFileSync(etc("hosts"), `127.0.0.1 localhost ${hostname()}\n`)
  writeFileSync(etc("nsswitch.conf"), "passwd: files\ngroup: files\nhosts: files\n")
  const dirs = "proc sys dev tmp run/sshd root mnt var/empty var/tmp var/log".split(" ").map((dir) => join(root, dir))
  await run(["mkdir", "-p", ...dirs])
  await run(["chmod", "1777", join(root, "tmp"), join(root, "var/tmp")])
  // State directories are usually below /root, and servers that are not root must get there.
  await run(["chmod", "755", join(root, "root")])
  await run(["ln", "-sf", "gawk", join(root, "usr/bin/awk")])
  const owner = String(treeUser.uid)
  await run(["install", "-d", "-o", owner, "-g", owner, join(root, treeUser.home)])
  await run(["chroot", root, "/usr/sbin/ldconfig"])
}

/** Downloads and unpacks the tree, once. */
export const buildTree = (report: Report): Promise<void> =>
  buildOnce(tree(), "trixie", report, async (dir, step) => {
    const apt = join(dir, "apt")
    const root = join(dir, "root")
    step("downloading Debian packages (about 100 MB)")
    await download(dir, apt)
    step("unpacking")
    await unpack(root, join(apt, "cache", "archives"))
    await settle(root)
    await run(["rm", "-rf", apt])
  })
