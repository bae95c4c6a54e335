import { Agenda } from "../../../packages/simulator/src/engine/Agenda.ts"
import { type Fit, HostClasses } from "../../../packages/simulator/src/engine/HostClasses.ts"
import type { BenchOptions, BenchResult } from "../main.ts"
import { cloudSimPlusSeconds } from "../rivals/cloudSimPlus.ts"

const HOSTS = 20_000
const MACHINES = 40_000
const TASKS = 50_000
const GOAL_SECONDS = 5
const HOST = { cpuMilli: 8_000, memoryMib: 1_000_000 }
const MACHINE = { cpuMilli: 4_000, memoryMib: 2_000 }
const TASK = { cpuMilli: 2_000, durationMs: 10_000 }

/** Everything arrives at time 0: machines go on hosts (two fill one), tasks queue for their machine, and an idle machine leaves. */
export const run = async ({ rival }: BenchOptions): Promise<BenchResult> => {
  const fits: ReadonlyArray<Fit> = ["first", "best"]
  const curve = fits.map((fit) => {
    const ours = simulate(fit)
    return {
      fit,
      seconds: ours,
      ...(rival ? { cloudSimPlusSeconds: cloudSimPlusSeconds(fit, HOSTS, MACHINES, TASKS) } : {})
    }
  })
  const value = Math.max(...curve.map((each) => each.seconds))
  const theirs = curve[0]?.cloudSimPlusSeconds
  return {
    value,
    unit: `s, the slower of first fit and best fit: ${HOSTS} hosts, ${MACHINES} machines, ${TASKS} tasks`,
    against: theirs === undefined ? `the goal of ${GOAL_SECONDS} s` : "CloudSim Plus 8.5.7, first fit",
    ratio: theirs === undefined ? GOAL_SECONDS / value : theirs / (curve[0]?.seconds as number),
    curve
  }
}

const simulate = (fit: Fit): number => {
  const started = performance.now()
  const hosts = new HostClasses()
  for (let host = 0; host < HOSTS; host++) hosts.add(HOST.cpuMilli, HOST.memoryMib)
  const hostOf = new Int32Array(MACHINES)
  const cpuMilliFree = new Int32Array(MACHINES).fill(MACHINE.cpuMilli)
  const tasksLeft = new Int32Array(MACHINES)
  const waiting = new Int32Array(MACHINES)
  const agenda = new Agenda({ capacity: TASKS })
  for (let machine = 0; machine < MACHINES; machine++) {
    const host = hosts.find(MACHINE.cpuMilli, MACHINE.memoryMib, fit)
    if (host < 0) throw new Error(`no host for machine ${machine}`)
    hosts.change(host, -MACHINE.cpuMilli, -MACHINE.memoryMib)
    hostOf[machine] = host
  }
  const startNext = (machine: number): void => {
    if (waiting[machine] === 0 || (cpuMilliFree[machine] as number) < TASK.cpuMilli) return
    waiting[machine] = (waiting[machine] as number) - 1
    cpuMilliFree[machine] = (cpuMilliFree[machine] as number) - TASK.cpuMilli
    agenda.schedule(agenda.now + TASK.durationMs, 0, machine)
  }
  for (let task = 0; task < TASKS; task++) {
    const machine = task % MACHINES
    tasksLeft[machine] = (tasksLeft[machine] as number) + 1
    waiting[machine] = (waiting[machine] as number) + 1
    startNext(machine)
  }
  let finished = 0
  while (agenda.take()) {
    const machine = agenda.payload
    finished += 1
    cpuMilliFree[machine] = (cpuMilliFree[machine] as number) + TASK.cpuMilli
    tasksLeft[machine] = (tasksLeft[machine] as number) - 1
    startNext(machine)
    if (tasksLeft[machine] === 0) hosts.change(hostOf[machine] as number, MACHINE.cpuMilli, MACHINE.memoryMib)
  }
  if (finished !== TASKS) throw new Error(`${finished} of ${TASKS} tasks finished`)
  return Math.round(performance.now() - started) / 1000
}
