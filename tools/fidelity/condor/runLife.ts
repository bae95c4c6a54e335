// Runs drawn work on real startds and on the engine's live pool: what the schedd makes of a cycle's matches, how it fills what
// is left of partitionable slots, which job it runs next on a claim, who loses a slot, and the slots' sizes after each step.
// The negotiator is not compared here: the schedd fills slots while it negotiates, and who is faster is a matter of chance.
import { execFileSync } from "node:child_process"
import { closeSync, constants, openSync, writeSync } from "node:fs"
import { join } from "node:path"
import {
  evaluateAttribute,
  LivePool,
  type Machine,
  type Running
} from "../../../packages/simulator/src/engine/profiles/condor/index.ts"
import { readMachines, readSubmissions } from "./ads.ts"
import { type Comparison, compared, negotiate, type Outcome, readMatches } from "./compareCycle.ts"
import { Dice } from "./Dice.ts"
import type { Case, Round, Work } from "./draw.ts"
import { prepare, submit } from "./prepare.ts"
import { type RealPool, until } from "./RealPool.ts"
import type { Submission } from "./simulate.ts"
import { slotCount } from "./startds.ts"

let submission = 0

/** The pipe that a job waits at: it is over once somebody writes to it. */
const gateOf = (job: string, gates: ReadonlyMap<string, string>): string =>
  `${gates.get(job.split(".")[0] ?? "")}.${job.split(".")[1]}`

/** Queues jobs that run until their gate opens. Gives the cluster's gates by its number. */
const submitGated = (real: RealPool, work: ReadonlyArray<Work>): string => {
  const gates = join(real.state, "gates", String(++submission))
  const count = work.reduce((sum, each) => sum + each.count, 0)
  execFileSync("mkfifo", ["-m", "666", ...Array.from({ length: count }, (_, proc) => `${gates}.${proc}`)])
  submit(real, work, `executable = /bin/sh\ninitialdir = ${real.state}\narguments = "-c 'read x <${gates}.$(Process)'"`)
  return gates
}

/** Lets a job end. Undefined while it is not there yet. */
const open = (gate: string): true | undefined => {
  try {
    const pipe = openSync(gate, constants.O_WRONLY | constants.O_NONBLOCK)
    writeSync(pipe, "\n")
    closeSync(pipe)
    return true
  } catch {
    return undefined
  }
}

/** A pool's slots in words. Startds count disk in shares of a whole, so only what they gave away is exact. */
const slotLines = (machines: ReadonlyArray<Machine>): ReadonlyArray<string> =>
  machines
    .map(({ ad, name }) => {
      const is = (attribute: string) => String(evaluateAttribute(ad, attribute) ?? "none")
      const disk = is("DynamicSlot") === "true" ? `, disk ${is("Disk")}` : ""
      const user = is("AccountingGroup")
      return `${name}: ${is("State")} by ${user} for ${is("JobId")}, cpus ${is("Cpus")}, memory ${is("Memory")}${disk}`
    })
    .sort()

/** Waits until the real slots are as the live pool's; gives both sides' lines, the real ones as they were last. */
const compareSlots = async (real: RealPool, live: LivePool): Promise<Comparison> => {
  const ours = slotLines(live.machines)
  let theirs: ReadonlyArray<string> = []
  const agree = () => {
    theirs = slotLines(readMachines(real))
    return compared(theirs, ours).differs < 0 || undefined
  }
  await until("the slots", agree).catch(() => undefined)
  return compared(theirs, ours)
}

/** What the schedd did with a slot: took a match of the negotiator's for a job, or a part of what was left for the next. */
interface Step {
  readonly kind: "match" | "part"
  readonly request: string
  readonly slot: string
  job: string
}

const received = /Received match for job (-?\d+\.-?\d+) \(delivered=\d+\): (\S+)$/
const rematched = /Rematched (\S+) to job (\d+\.\d+)/

/** The schedd's log as steps. A static slot leaves nothing: what it offers as its rest is the claim the schedd has. */
const scheddSteps = (log: string): ReadonlyArray<Step> => {
  const steps: Array<Step> = []
  for (const line of log.split("\n")) {
    const [, request = "", slot = ""] = received.exec(line) ?? []
    if (request === "-1.-1") steps.push({ kind: "part", request, slot: slot.replace(/_\d+@/, "@"), job: "" })
    else if (request !== "") steps.push({ kind: "match", request, slot, job: request })
    const [, , job] = rematched.exec(line) ?? []
    const last = steps.at(-1)
    if (job !== undefined && last !== undefined) last.job = job
    if (line.includes("attempt to add pre-existing match")) steps.pop()
  }
  return steps.filter(({ job }) => job !== "")
}

const given = (request: string, slot: string, job: string | undefined): string =>
  `${slot} for ${request} is given to ${job}`
const taken = (slot: string, job: string | undefined): string => `a part of ${slot} is taken by ${job}`

/** Carries out the matches in the order in which the schedd did, and compares what it made of them. */
const follow = (live: LivePool, log: string, matches: ReturnType<typeof readMatches>, nowS: number): Comparison => {
  const [real, ours]: [Array<string>, Array<string>] = [[], []]
  const first = new Map<string, Running>()
  const waiting = [...matches]
  for (const { job, kind, request, slot } of scheddSteps(log)) {
    if (kind === "match") {
      const next = waiting.shift()
      const running = next && live.claim(next, nowS)
      if (running !== undefined) first.set(slot, running)
      real.push(given(request, slot, job))
      ours.push(given(next?.request ?? "nobody", next?.slot ?? "no slot", running?.job.id))
    } else {
      const begun = first.get(slot)
      real.push(taken(slot, job))
      ours.push(taken(slot, begun && live.fill(begun, nowS)?.job.id))
    }
  }
  // What the schedd left alone must be what the engine leaves alone.
  for (const [slot, begun] of first) {
    const more = live.fill(begun, nowS)
    if (more !== undefined) ours.push(taken(slot, more.job.id))
  }
  for (const { request, slot } of waiting) ours.push(given(request, slot, "nobody"))
  live.requeue()
  return compared(real, ours)
}

const newJobs = (live: LivePool, submissions: ReadonlyArray<Submission>, known: Set<string>): void => {
  for (const { jobs, name } of submissions) {
    const fresh = jobs.filter((job) => !known.has(job.id))
    for (const job of fresh) known.add(job.id)
    live.submit(name, fresh)
  }
}

/** Whether a slot is free and whole: a startd tells of the parts that it took back a moment later than of their end. */
const isWhole = ({ ad }: Machine): boolean =>
  evaluateAttribute(ad, "State") === "Unclaimed" &&
  evaluateAttribute(ad, "Cpus") === evaluateAttribute(ad, "TotalSlotCpus") &&
  evaluateAttribute(ad, "Memory") === evaluateAttribute(ad, "TotalSlotMemory")

const emptyPool = async (real: RealPool): Promise<LivePool> => {
  const machines = await until("empty slots", () => {
    const known = readMachines(real)
    return known.length === slotCount && known.every(isWhole) ? known : undefined
  })
  return new LivePool(machines)
}

/** Everything about the pool that a round goes on with. */
interface Life {
  readonly real: RealPool
  readonly live: LivePool
  /** The pipes of each cluster's jobs. */
  readonly gates: Map<string, string>
  readonly known: Set<string>
}

/** One round: work arrives, a cycle matches, the schedd starts jobs, and some of those that run end. */
async function* steps({ gates, known, live, real }: Life, { fate, work }: Round, nowS: number) {
  const made = submitGated(real, work)
  const submissions = await until("the submitters", () => readSubmissions(real))
  for (const { id } of submissions.flatMap(({ jobs }) => jobs))
    if (!known.has(id)) gates.set(id.split(".")[0] ?? "", made)
  newJobs(live, submissions, known)
  const scheddFrom = real.scheddLogEnd
  const log = await negotiate(real, real.logEnd)
  // The schedd's last words on a claim come a little after the negotiator's.
  await until("the claims", () => settled(real, scheddFrom))
  const said = real.scheddLog(scheddFrom)
  yield { log: log + said, ...follow(live, said, readMatches(log), nowS) }
  yield { ...(await compareSlots(real, live)), log: log + real.scheddLog(scheddFrom) }
  const dice = new Dice(fate)
  for (const { job } of live.running.filter(() => dice.chance(40)).slice(0, 4)) {
    await until("a job's end", () => open(gateOf(job.id, gates)))
    live.end(job.id, nowS)
    yield { ...(await compareSlots(real, live)), log: real.scheddLog(scheddFrom) }
  }
}

/** All rounds of one pool on both sides, up to the first step that differs. */
export const runLife = async (real: RealPool, pool: Case): Promise<ReadonlyArray<Outcome>> => {
  await prepare(real, pool)
  const life: Life = { real, live: await emptyPool(real), gates: new Map(), known: new Set() }
  const outcomes: Array<Outcome> = []
  for (const [i, round] of pool.rounds.entries()) {
    for await (const step of steps(life, round, i)) {
      outcomes.push({ ...step, cycle: i + 1 })
      if (step.differs >= 0) return outcomes
    }
  }
  return outcomes
}

let seen = { length: -1, since: 0 }

/** Whether the schedd has been silent about claims for a second. */
const settled = (real: RealPool, from: number): true | undefined => {
  const lines = real.scheddLog(from).match(/Received match|Rematched|contactStartd/g)?.length ?? 0
  const now = performance.now()
  if (lines !== seen.length) seen = { length: lines, since: now }
  return now - seen.since > 1000 ? true : undefined
}
