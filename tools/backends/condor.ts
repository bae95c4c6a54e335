import { randomBytes } from "node:crypto"
import { chmodSync, copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import type { Backend } from "./Backend.ts"
import { type InTree, pidInTree, startInTree, wrap } from "./inTree.ts"
import { endProcess, livePid, logTail } from "./Process.ts"
import { outcome, run } from "./run.ts"
import { buildTree, lacksForTree, treeUser } from "./tree.ts"
import { waitFor } from "./waitFor.ts"

const here = import.meta.dirname

interface Machine {
  readonly name: string
  readonly cpus: number
  readonly memoryMib: number
  readonly attributes: Readonly<Record<string, string>>
  readonly gpus?: boolean
}

/** Three unlike machines. Their sizes are said, not had: jobs of tests sleep. */
const machines: ReadonlyArray<Machine> = [
  { name: "cpu", cpus: 64, memoryMib: 131_072, attributes: { HasGpu: "False", Region: '"here"' } },
  { name: "gpu", cpus: 16, memoryMib: 65_536, attributes: { HasGpu: "True", Region: '"there"' }, gpus: true },
  { name: "big", cpus: 128, memoryMib: 1_048_576, attributes: { Region: '"there"', Preemptible: "True" } }
]

const tools =
  "submit q status history rm hold release qedit userprio config_val token_create token_list transfer_data tail ssh_to_job vacate_job drain who ping reconfig off on prio wait"
    .split(" ")
    .map((name) => `condor_${name}`)

const configFile = (state: string) => join(state, "condor_config")

const inTree = (state: string): InTree => ({ user: "tester", env: { CONDOR_CONFIG: configFile(state) } })

/** A startd under a name of its own: one machine of the pool. */
const machineConfig = (state: string, it: Machine): string => {
  const daemon = `STARTD_${it.name.toUpperCase()}`
  const own = Object.entries(it.attributes).map(([name, value]) => `${daemon}.${name} = ${value}`)
  // This one is not honoured with a name in front, so it goes through the daemon's environment.
  const gpus = `${daemon}_ENVIRONMENT = "_CONDOR_MACHINE_RESOURCE_INVENTORY_GPUs=${join(state, "fake-gpus")}"`
  return [
    `DAEMON_LIST = $(DAEMON_LIST), ${daemon}`,
    `${daemon} = $(STARTD)`,
    `${daemon}_ARGS = -f -local-name ${daemon}`,
    `${daemon}.STARTD_NAME = ${it.name}`,
    `${daemon}.STARTD_LOG = $(LOG)/StartdLog.${it.name}`,
    `${daemon}.STARTER_LOG = $(LOG)/StarterLog.${it.name}`,
    `${daemon}.STARTD_ADDRESS_FILE = $(LOG)/.startd_address.${it.name}`,
    `${daemon}.EXECUTE = $(LOCAL_DIR)/execute-${it.name}`,
    `${daemon}.NUM_CPUS = ${it.cpus}`,
    `${daemon}.MEMORY = ${it.memoryMib}`,
    `${daemon}.STARTD_ATTRS = $(STARTD_ATTRS) ${Object.keys(it.attributes).join(" ")}`,
    ...own,
    ...(it.gpus === true ? [gpus] : [])
  ].join("\n")
}

const prepare = async (state: string, extra: ReadonlyArray<string>): Promise<void> => {
  const dirs = ["log", "spool", "lock", "run", "execute", "jobs", "cred", "tokens.d", "passwords.d"]
  for (const dir of [...dirs, ...machines.map((it) => `execute-${it.name}`)])
    mkdirSync(join(state, dir), { recursive: true })
  const pool = readFileSync(join(here, "condor", "pool.conf"), "utf8")
  const startds = machines.map((it) => machineConfig(state, it))
  writeFileSync(configFile(state), `${[`LOCAL_DIR = ${state}`, pool, ...startds, ...extra].join("\n")}\n`)
  copyFileSync(join(here, "condor", "fake-gpus"), join(state, "fake-gpus"))
  chmodSync(join(state, "fake-gpus"), 0o755)
  const key = join(state, "passwords.d", "POOL")
  if (!existsSync(key)) writeFileSync(key, randomBytes(48).toString("base64"))
  chmodSync(key, 0o600) // a signing key that others may read is refused
  for (const secret of ["tokens.d", "passwords.d"]) chmodSync(join(state, secret), 0o700)
  chmodSync(join(state, "jobs"), 0o777)
  await run(["chown", "-R", `${treeUser.uid}:${treeUser.uid}`, state])
}

const health = async (state: string): Promise<string | undefined> => {
  if (livePid(state, "master") === undefined) return `not running\n${logTail(state, "master")}`
  const bin = join(state, "bin")
  const status = await outcome([join(bin, "condor_status"), "-af", "Name"], { timeoutMs: 60_000 })
  const seen = status.stdout.split("\n").filter((line) => line !== "").length
  if (seen < machines.length) return `showing ${seen} of ${machines.length} machines`
  const queue = await outcome([join(bin, "condor_q")], { timeoutMs: 60_000 })
  return queue.code === 0 ? undefined : `without a queue: ${queue.stderr.trim()}`
}

/** A personal HTCondor pool of three machines. Needs root to enter its tree; its daemons run without. */
export const condor: Backend = {
  name: "condor",
  about: "HTCondor pool of three machines (64 and 128 CPUs; 16 with four fake GPUs)",
  main: "master",
  options: { config: "a line to add to the pool's configuration" },
  lacks: lacksForTree,
  build: buildTree,
  start: async (state, options) => {
    await prepare(state, options.config ?? [])
    const bin = wrap(state, "master", tools, inTree(state))
    startInTree(state, "master", ["condor_master", "-f"], inTree(state))
    await waitFor("condor", 120_000, () => health(state))
    const endpoint = readFileSync(join(state, "log", ".collector_address"), "utf8").split("\n")[0] ?? ""
    const jobs = join(state, "jobs")
    const env = { ORRERY_CONDOR_CONFIG: configFile(state), ORRERY_CONDOR_BIN: bin, ORRERY_CONDOR_JOBS: jobs }
    return { endpoint: endpoint.replace(/[<>]|\?.*/g, ""), env }
  },
  health,
  stop: async (state) => {
    // QUIT is the fast shutdown: TERM would wait for jobs. The namespace takes along whatever does not obey.
    const master = pidInTree(state, "master")
    if (master !== undefined) process.kill(master, "SIGQUIT")
    await waitFor("condor", 60_000, async () =>
      livePid(state, "master") === undefined ? undefined : "stopping"
    ).catch(() => undefined)
    await endProcess(state, "master", "SIGKILL")
  }
}
