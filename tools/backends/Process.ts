import { spawn } from "node:child_process"
import { closeSync, openSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"

/** One line of /proc/PID/stat: what the kernel says of a process. */
interface Stat {
  readonly pid: number
  readonly zombie: boolean
  readonly parent: number
  readonly session: number
  readonly startTicks: string
}

const readStat = (pid: number): Stat | undefined => {
  try {
    const line = readFileSync(`/proc/${pid}/stat`, "utf8")
    // The name is in brackets and may itself hold spaces and brackets.
    const fields = line.slice(line.lastIndexOf(")") + 2).split(" ")
    return {
      pid,
      zombie: fields[0] === "Z",
      parent: Number(fields[1]),
      session: Number(fields[3]),
      startTicks: fields[19] ?? ""
    }
  } catch {
    return undefined
  }
}

const allStats = (): ReadonlyArray<Stat> =>
  readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => readStat(Number(name)) ?? [])
    .filter((stat) => !stat.zombie)

const signal = (pid: number, name: NodeJS.Signals): void => {
  try {
    process.kill(pid, name)
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== "ESRCH") throw cause
  }
}

const pidFile = (state: string, name: string) => join(state, `${name}.pid`)

/** What the pid file says: a number, and the start time that tells this process from a later one of the same number. */
const recorded = (state: string, name: string): { readonly pid: number; readonly startTicks: string } | undefined => {
  try {
    const [pid, startTicks] = readFileSync(pidFile(state, name), "utf8").trim().split(" ")
    return { pid: Number(pid), startTicks: startTicks ?? "" }
  } catch {
    return undefined
  }
}

/** The file that receives a process's output. */
export const logFile = (state: string, name: string): string => join(state, `${name}.log`)

/** The last lines of a process's output, for messages about its failure. */
export const logTail = (state: string, name: string, lines = 15): string => {
  try {
    return readFileSync(logFile(state, name), "utf8").trimEnd().split("\n").slice(-lines).join("\n")
  } catch {
    return ""
  }
}

/** Starts a process that outlives us: own session, output to a file, pid to a file. Only `env` is passed on. */
export const startProcess = (
  state: string,
  name: string,
  command: ReadonlyArray<string>,
  env: Readonly<Record<string, string>> = {}
): void => {
  const log = openSync(logFile(state, name), "a")
  const [file, ...args] = command
  const child = spawn(file as string, args, {
    detached: true,
    stdio: ["ignore", log, log],
    cwd: state,
    env: { PATH: process.env.PATH ?? "", HOME: state, LANG: "C.UTF-8", ...env }
  })
  closeSync(log)
  child.on("error", () => undefined) // seen as a process that is not alive
  child.unref()
  if (child.pid === undefined) throw new Error(`${name}: cannot start ${file}`)
  writeFileSync(pidFile(state, name), `${child.pid} ${readStat(child.pid)?.startTicks ?? ""}\n`)
}

/** The process's number while it lives. */
export const livePid = (state: string, name: string): number | undefined => {
  const known = recorded(state, name)
  const stat = known && readStat(known.pid)
  return stat && !stat.zombie && stat.startTicks === known.startTicks ? stat.pid : undefined
}

/** The only child of a process: what `unshare --fork` runs. */
export const onlyChild = (pid: number): number | undefined => allStats().find((stat) => stat.parent === pid)?.pid

/** Ends a process with `how`, and after `graceMs` its whole session by force. Nothing that it left behind stays. */
export const endProcess = async (
  state: string,
  name: string,
  how: NodeJS.Signals = "SIGTERM",
  graceMs = 10_000
): Promise<void> => {
  const known = recorded(state, name)
  if (known === undefined) return
  const pid = livePid(state, name)
  if (pid !== undefined) {
    signal(pid, how)
    for (let waitedMs = 0; waitedMs < graceMs && livePid(state, name) !== undefined; waitedMs += 50) await sleep(50)
  }
  // The kernel gives a number to nobody else while a session bears it; a stranger there means that ours is gone.
  const reused = readStat(known.pid) !== undefined && readStat(known.pid)?.startTicks !== known.startTicks
  for (const member of reused ? [] : allStats().filter((stat) => stat.session === known.pid))
    signal(member.pid, "SIGKILL")
  rmSync(pidFile(state, name), { force: true })
}
