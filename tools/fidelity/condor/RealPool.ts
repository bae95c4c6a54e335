// A real HTCondor pool of a collector, a negotiator and a schedd, without machines: the slots are ads that are sent to the
// collector, so that any pool can be had in a second. It runs in the Debian tree of the other fixtures.
import { execFileSync, spawn, spawnSync } from "node:child_process"
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { homedir } from "node:os"
import { join } from "node:path"

const root = process.env.ORRERY_DEBIAN_TREE ?? join(homedir(), ".cache/orrery/trixie")
const user = "tester"

const configuration = (state: string): string => `
RELEASE_DIR = /usr
BIN = /usr/bin
SBIN = /usr/sbin
LIB = /usr/lib/condor
LIBEXEC = /usr/libexec/condor
SHARE = /usr/share/condor
LOCAL_DIR = ${state}
RUN = ${state}/run
LOG = ${state}/log
LOCK = ${state}/lock
SPOOL = ${state}/spool
EXECUTE = ${state}/execute
LOCAL_CONFIG_FILE = ${state}/case_config
LOCAL_CONFIG_DIR =
use security:recommended_v9_0
CONDOR_HOST = 127.0.0.1
COLLECTOR_HOST = 127.0.0.1:0
NETWORK_INTERFACE = 127.0.0.1
BIND_ALL_INTERFACES = False
USE_SHARED_PORT = True
SHARED_PORT_PORT = 0
DAEMON_SOCKET_DIR = auto
COLLECTOR_ADDRESS_FILE = ${state}/log/.collector_address
SCHEDD_ADDRESS_FILE = ${state}/log/.schedd_address
NO_DNS = True
DEFAULT_DOMAIN_NAME = test
UID_DOMAIN = test
TRUST_DOMAIN = test
FILESYSTEM_DOMAIN = test
SEC_DEFAULT_AUTHENTICATION_METHODS = FS, IDTOKENS
SEC_TOKEN_DIRECTORY = ${state}/tokens.d
SEC_PASSWORD_DIRECTORY = ${state}/passwords.d
SEC_TOKEN_POOL_SIGNING_KEY_FILE = ${state}/passwords.d/POOL
ALLOW_READ = *
ALLOW_WRITE = *
ALLOW_DAEMON = *
ALLOW_NEGOTIATOR = *
ALLOW_ADMINISTRATOR = *
ALLOW_ADVERTISE_STARTD = *
SCHEDD_NAME = fidelity@test
SCHEDD_INTERVAL = 1
SCHEDD_MIN_INTERVAL = 1
NEGOTIATOR_INTERVAL = 100000
NEGOTIATOR_MIN_INTERVAL = 1
NEGOTIATOR_CYCLE_DELAY = 1
NEGOTIATOR_DEBUG = D_MATCH D_MACHINE D_FULLDEBUG
MAX_NEGOTIATOR_LOG = 1000000000
PRIORITY_HALFLIFE = 1000000000000
CLASSAD_LIFETIME = 3600
DAEMON_LIST = MASTER, SHARED_PORT, COLLECTOR, NEGOTIATOR, SCHEDD
`

const prepareTree = (): void => {
  if (!existsSync(join(root, "usr/sbin/condor_master")))
    throw new Error(`no HTCondor in ${root}: build the Debian tree first`)
  const mounted = readFileSync("/proc/mounts", "utf8").includes(` ${root}/proc `)
  if (!mounted) execFileSync("mount", ["--bind", "/proc", join(root, "proc")])
  for (const [name, major, minor] of [
    ["null", 1, 3],
    ["zero", 1, 5],
    ["random", 1, 8],
    ["urandom", 1, 9]
  ] as const) {
    const path = join(root, "dev", name)
    if (!existsSync(path)) execFileSync("mknod", ["-m", "666", path, "c", String(major), String(minor)])
  }
  if (spawnSync("chroot", [root, "id", user]).status !== 0) {
    execFileSync("chroot", [root, "useradd", "-m", "-s", "/bin/bash", "-p", "*", user])
  }
}

/** Waits without a loop that burns a core. */
const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

/** Polls until the question is answered, for at most 30 seconds. */
export const until = async <A>(what: string, ask: () => A | undefined): Promise<A> => {
  for (let i = 0; i < 300; i++) {
    const answer = ask()
    if (answer !== undefined) return answer
    await sleep(100)
  }
  throw new Error(`gave up waiting for ${what}`)
}

export class RealPool {
  /** Its folder as the pool sees it. */
  readonly state = `/tmp/fidelity-condor-${process.pid}`
  #master: number | undefined

  #path(file: string): string {
    return join(root, this.state, file)
  }

  #arguments(command: string, args: ReadonlyArray<string>): Array<string> {
    const variables = [
      `CONDOR_CONFIG=${this.state}/condor_config`,
      `HOME=${this.state}`,
      `USER=${user}`,
      "LANG=C.UTF-8"
    ]
    return [
      `--userspec=${user}`,
      root,
      "env",
      "-i",
      "PATH=/usr/sbin:/usr/bin:/sbin:/bin",
      ...variables,
      `condor_${command}`,
      ...args
    ]
  }

  /** Runs one of the pool's tools and gives what it prints. */
  run(command: string, args: ReadonlyArray<string>): string {
    return execFileSync("chroot", this.#arguments(command, args), {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
      timeout: 30_000
    })
  }

  write(file: string, text: string): string {
    writeFileSync(this.#path(file), text)
    return `${this.state}/${file}`
  }

  /** The negotiator's log from a place on. */
  log(from = 0): string {
    const path = this.#path("log/NegotiatorLog")
    return existsSync(path) ? readFileSync(path, "latin1").slice(from) : ""
  }

  async start(): Promise<void> {
    prepareTree()
    rmSync(this.#path(""), { recursive: true, force: true })
    for (const folder of ["log", "spool", "lock", "run", "execute", "tokens.d", "passwords.d"]) {
      mkdirSync(this.#path(folder), { recursive: true })
    }
    this.write("case_config", "")
    this.write("condor_config", configuration(this.state))
    this.write("passwords.d/POOL", "a key that guards nothing but this pool of one")
    execFileSync("chmod", ["700", this.#path("passwords.d"), this.#path("tokens.d")])
    execFileSync("chmod", ["600", this.#path("passwords.d/POOL")])
    execFileSync("chroot", [root, "chown", "-R", user, this.state])
    const master = spawn("chroot", this.#arguments("master", ["-f"]), { stdio: "ignore", detached: true })
    this.#master = master.pid
    await until("the pool", () => this.#answers() || undefined)
  }

  #answers(): boolean {
    const queue = spawnSync("chroot", this.#arguments("q", []), { timeout: 10_000 })
    return queue.status === 0 && this.log().includes("Finished Negotiation Cycle")
  }

  /** Sets the negotiator's configuration. */
  async configure(lines: ReadonlyArray<string>): Promise<void> {
    const before = this.log().length
    this.write("case_config", `${lines.join("\n")}\n`)
    this.run("reconfig", ["-daemon", "negotiator"])
    await until("the new configuration", () => this.log(before).includes("NEGOTIATOR_POST_JOB_RANK =") || undefined)
  }

  async stop(): Promise<void> {
    const pid = this.#master
    if (pid === undefined) return
    process.kill(pid, "SIGQUIT")
    for (let i = 0; i < 100 && existsSync(`/proc/${pid}`); i++) await sleep(100)
    if (existsSync(`/proc/${pid}`)) process.kill(-pid, "SIGKILL")
    rmSync(this.#path(""), { recursive: true, force: true })
  }
}
