// A real HTCondor pool of a collector, a negotiator and a schedd. Without startds of its own the slots are ads that are sent
// to the collector, so that any pool can be had in a second. It runs in the Debian tree of the other servers for tests.
import { execFileSync, spawnSync } from "node:child_process"
import {
  chmodSync,
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readSync,
  rmSync,
  statSync,
  writeFileSync
} from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { pidInTree, startInTree, wrap } from "../../backends/inTree.ts"
import { endProcess, livePid } from "../../backends/Process.ts"
import { buildTree, lacksForTree, treeUser } from "../../backends/tree.ts"
import { startdConfig, startdFolders } from "./startds.ts"

const tools = "advertise q reconfig reschedule rm status submit userprio".split(" ").map((name) => `condor_${name}`)

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
SUBMIT_SEND_RESCHEDULE = False
SCHEDD_SEND_RESCHEDULE = False
NEGOTIATOR_INTERVAL = 100000
NEGOTIATOR_MIN_INTERVAL = 1
NEGOTIATOR_CYCLE_DELAY = 1
NEGOTIATOR_DEBUG = D_MATCH D_MACHINE D_ACCOUNTANT D_FULLDEBUG
MAX_NEGOTIATOR_LOG = 1000000000
CLASSAD_LIFETIME = 3600
DAEMON_LIST = MASTER, SHARED_PORT, COLLECTOR, NEGOTIATOR, SCHEDD
`

/** Polls until the question is answered, for at most a minute. A tool that fails has not answered yet. */
export const until = async <A>(what: string, ask: () => A | undefined): Promise<A> => {
  let failure: unknown
  for (let i = 0; i < 600; i++) {
    try {
      const answer = ask()
      if (answer !== undefined) return answer
    } catch (cause) {
      failure = cause
    }
    await sleep(100)
  }
  throw new Error(`gave up waiting for ${what}`, { cause: failure })
}

export class RealPool {
  readonly #live: boolean
  /** Its folder, the same inside and outside of the tree. */
  readonly state = mkdtempSync(join(tmpdir(), "fidelity-condor-"))
  readonly #inTree = { user: treeUser.name, env: { CONDOR_CONFIG: join(this.state, "condor_config") } }
  #bin = ""
  #negotiator = ""

  /** A `live` pool has startds that run jobs. */
  constructor(live = false) {
    this.#live = live
  }

  #tool(command: string): string {
    return join(this.#bin, `condor_${command}`)
  }

  /** Runs one of the pool's tools and gives what it prints. */
  run(command: string, args: ReadonlyArray<string>): string {
    return execFileSync(this.#tool(command), args, {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
      timeout: 60_000
    })
  }

  write(file: string, text: string): string {
    const path = join(this.state, file)
    writeFileSync(path, text)
    return path
  }

  /** A file's text from a place on. Logs grow long, and are read ten times a second. */
  #read(file: string, from = 0): string {
    const path = join(this.state, file)
    if (!existsSync(path)) return ""
    const { size } = statSync(path)
    const bytes = Buffer.alloc(Math.max(0, size - from))
    const handle = openSync(path, "r")
    const length = readSync(handle, bytes, 0, bytes.length, from)
    closeSync(handle)
    return bytes.toString("latin1", 0, length)
  }

  #size(file: string): number {
    const path = join(this.state, file)
    return existsSync(path) ? statSync(path).size : 0
  }

  /** The negotiator's log from a place on. */
  log(from: number): string {
    return this.#read("log/NegotiatorLog", from)
  }

  /** Where the negotiator's log ends now. */
  get logEnd(): number {
    return this.#size("log/NegotiatorLog")
  }

  /** The schedd's log from a place on. */
  scheddLog(from: number): string {
    return this.#read("log/SchedLog", from)
  }

  get scheddLogEnd(): number {
    return this.#size("log/SchedLog")
  }

  /** What the accountant has noted, one transaction's line after the other. */
  accounts(): string {
    // Matches stay in the writer's buffer until something that must not be lost follows them.
    this.run("userprio", ["-setfactor", "nobody@test", "1000"])
    return this.#read("spool/Accountantnew.log")
  }

  async start(): Promise<void> {
    const lack = await lacksForTree()
    if (lack !== undefined) throw new Error(`no HTCondor here: ${lack}`)
    await buildTree((line) => process.stderr.write(`${line}\n`))
    const folders = ["log", "spool", "lock", "run", "execute", "tokens.d", "passwords.d", "gates"]
    for (const folder of [...folders, ...(this.#live ? startdFolders : [])]) mkdirSync(join(this.state, folder))
    this.write("case_config", "")
    this.write("condor_config", configuration(this.state) + (this.#live ? startdConfig(this.state) : ""))
    chmodSync(this.write("passwords.d/POOL", "a key that guards nothing but this pool of one"), 0o600)
    for (const secret of ["passwords.d", "tokens.d"]) chmodSync(join(this.state, secret), 0o700)
    execFileSync("chown", ["-R", `${treeUser.uid}:${treeUser.uid}`, this.state])
    this.#bin = wrap(this.state, "master", tools, this.#inTree)
    startInTree(this.state, "master", ["condor_master", "-f"], this.#inTree)
    await until("the pool", () => this.#answers() || undefined)
  }

  #answers(): boolean {
    if (livePid(this.state, "master") === undefined) throw new Error("the pool's master ended")
    const queue = spawnSync(this.#tool("q"), [], { timeout: 10_000 })
    return queue.status === 0 && this.log(0).includes("Finished Negotiation Cycle")
  }

  /** Asks for a negotiation cycle. The schedd never does: cycles come when they are wanted and not in between. */
  negotiate(): void {
    this.#negotiator ||= this.run("status", ["-negotiator", "-af", "MyAddress"]).trim()
    this.run("reschedule", ["-addr", this.#negotiator])
  }

  /** Sets the negotiator's configuration. */
  async configure(lines: ReadonlyArray<string>): Promise<void> {
    const before = this.logEnd
    this.write("case_config", `${lines.join("\n")}\n`)
    this.run("reconfig", ["-daemon", "negotiator"])
    await until("the new configuration", () => this.log(before).includes("NEGOTIATOR_POST_JOB_RANK =") || undefined)
  }

  async stop(): Promise<void> {
    // QUIT is the fast shutdown. The namespace takes along whatever does not obey.
    const master = pidInTree(this.state, "master")
    if (master !== undefined) process.kill(master, "SIGQUIT")
    for (let i = 0; i < 100 && livePid(this.state, "master") !== undefined; i++) await sleep(100)
    await endProcess(this.state, "master", "SIGKILL")
    rmSync(this.state, { recursive: true, force: true })
  }
}
