// Runs one drawn pool through the real negotiator and through the engine, and compares what they decide, step by step.
import {
  type CycleResult,
  evaluateAttribute,
  type Machine,
  parseAd,
  type QueuedJob
} from "../../../packages/simulator/src/engine/profiles/condor/index.ts"
import type { Case, Slot, Work } from "./draw.ts"
import { type RealPool, until } from "./RealPool.ts"
import { type Submission, simulate } from "./simulate.ts"

/** One step in words that both sides use, and the slots that are as good where it is a match. */
export interface Step {
  readonly text: string
  readonly ties?: ReadonlyArray<string>
}

export interface Outcome {
  readonly real: ReadonlyArray<Step>
  readonly ours: ReadonlyArray<Step>
  /** The first step that differs, -1 where none does. */
  readonly differs: number
  readonly result: CycleResult
  /** The real negotiator's log of the cycle. */
  readonly log: string
  readonly jobCount: number
}

const slotAd = (slot: Slot, number: number, seen: number): string => {
  const name = `s${number}@m${number}.test`
  const attributes: Record<string, string> = {
    MyType: '"Machine"',
    TargetType: '"Job"',
    Name: `"${name}"`,
    Machine: `"m${number}.test"`,
    MyAddress: '"<127.0.0.1:9>"',
    StartdIpAddr: '"<127.0.0.1:9>"',
    CondorVersion: '"$CondorVersion: 23.9.6 2026-07-12 $"',
    Arch: '"X86_64"',
    OpSys: '"LINUX"',
    FileSystemDomain: '"test"',
    UidDomain: '"test"',
    HasFileTransfer: "true",
    Disk: "100000000",
    WantClaiming: "false",
    Activity: '"Idle"',
    Requirements: "START",
    SlotWeight: "Cpus",
    MyCurrentTime: String(seen),
    UpdateSequenceNumber: String(seen),
    ...slot
  }
  return Object.entries(attributes)
    .map(([key, value]) => `${key} = ${value}`)
    .join("\n")
}

const submission = (work: Work): string => {
  const [login = ""] = work.submitter.split("@")
  const at = login.lastIndexOf(".")
  return [
    ...(at < 0 ? ["accounting_group ="] : [`accounting_group = ${login.slice(0, at)}`]),
    `accounting_group_user = ${login.slice(at + 1)}`,
    `priority = ${work.priority}`,
    `request_cpus = ${work.cpus}`,
    `request_memory = ${work.memoryMib}`,
    `requirements = ${work.requirements}`,
    `rank = ${work.rank}`,
    `+Kind = ${work.kind}`,
    `queue ${work.count}`
  ].join("\n")
}

const ads = (text: string) =>
  text
    .split(/\n\s*\n/)
    .filter((part) => part.trim() !== "")
    .map(parseAd)
const textOf = (ad: ReturnType<typeof parseAd>, name: string): string => String(evaluateAttribute(ad, name) ?? "")
const numberOf = (ad: ReturnType<typeof parseAd>, name: string): number => Number(evaluateAttribute(ad, name) ?? 0)

const setAccounts = (real: RealPool, pool: Case): void => {
  const settings = [
    ["-setfactor", pool.factors],
    ["-setprio", pool.priorities],
    ["-setceiling", pool.ceilings],
    ["-setfloor", pool.floors]
  ] as const
  for (const [option, values] of settings) {
    for (const [name, value] of Object.entries(values)) real.run("userprio", [option, name, String(value)])
  }
}

const readSubmissions = (real: RealPool): ReadonlyArray<Submission> => {
  const jobs = ads(real.run("q", ["-allusers", "-long"]))
  return ads(real.run("status", ["-submitters", "-long"]))
    .map((ad) => ({
      name: textOf(ad, "Name"),
      lastHeardS: numberOf(ad, "LastHeardFrom"),
      weightedIdle: numberOf(ad, "WeightedIdleJobs"),
      weightedRunning: numberOf(ad, "WeightedRunningJobs"),
      jobs: jobs
        .filter(
          (job) =>
            textOf(job, "User") === textOf(ad, "Name") ||
            `${textOf(job, "AccountingGroup")}@test` === textOf(ad, "Name")
        )
        .map((job): QueuedJob => ({ id: `${textOf(job, "ClusterId")}.${textOf(job, "ProcId")}`, ad: job }))
    }))
    .filter((submitter) => submitter.jobs.length > 0)
}

const matchLine =
  /^\S+ \S+ +(?:\([^)]*\) )*\s*Matched (\d+\.\d+) (\S+) \S+ preempting (.*?) <\S+> (\S+?)(?: \(offline\))?$/
const refusalLine = /^\S+ \S+ +Rejected (\d+\.\d+) (\S+) \S+: (.*)$/

const readSteps = (log: string): ReadonlyArray<Step> =>
  log.split("\n").flatMap((line): ReadonlyArray<Step> => {
    const match = matchLine.exec(line)
    if (match !== null) return [{ text: `${match[1]} of ${match[2]} gets ${match[4]}` }]
    const refusal = refusalLine.exec(line)
    return refusal === null ? [] : [{ text: `${refusal[1]} of ${refusal[2]} is refused: ${refusal[3]}` }]
  })

const ourSteps = (result: CycleResult): ReadonlyArray<Step> =>
  result.decisions.map((step) =>
    step.kind === "match"
      ? { text: `${step.request} of ${step.submitter} gets ${step.slot}`, ties: step.ties }
      : { text: `${step.request} of ${step.submitter} is refused: ${step.reason}` }
  )

const clear = async (real: RealPool): Promise<void> => {
  real.run("rm", ["-all"])
  const everything = real.write("everything", 'MyType = "Query"\nTargetType = "Machine"\nRequirements = true\n')
  real.run("advertise", ["INVALIDATE_STARTD_ADS", everything])
  const submitters = real.write("submitters", 'MyType = "Query"\nTargetType = "Submitter"\nRequirements = true\n')
  await until("an empty queue", () => (real.run("q", ["-allusers", "-af", "ProcId"]).trim() === "" ? true : undefined))
  real.run("advertise", ["INVALIDATE_SUBMITTOR_ADS", submitters])
}

const submit = async (real: RealPool, pool: Case): Promise<ReadonlyArray<Submission>> => {
  const head =
    "universe = vanilla\nexecutable = /bin/true\ntransfer_executable = false\nshould_transfer_files = no\nnotification = never\n"
  real.run("submit", [real.write("work.sub", `${head}${pool.work.map(submission).join("\n")}\n`)])
  const count = pool.work.reduce((sum, work) => sum + work.count, 0)
  await until("the submitters", () => {
    const idle = real.run("status", ["-submitters", "-af", "IdleJobs"]).trim().split("\n")
    return idle.reduce((sum, text) => sum + Number(text), 0) === count || undefined
  })
  return readSubmissions(real)
}

/** The slots in the order in which the negotiator looks at them, which settles ties and which only its log tells. */
const inOrder = (machines: ReadonlyArray<Machine>, log: string): ReadonlyArray<Machine> => {
  const seen = [...new Set([...log.matchAll(/ does(?: not)? match with (\S+)\.$/gm)].map((found) => found[1]))]
  const placeOf = (machine: Machine): number => (seen.includes(machine.name) ? seen.indexOf(machine.name) : seen.length)
  return machines.toSorted((a, b) => placeOf(a) - placeOf(b))
}

let clock = 1_800_000_000

/** One pool on both sides. */
export const runCase = async (real: RealPool, pool: Case): Promise<Outcome> => {
  await clear(real)
  await real.configure(Object.entries(pool.config).map(([name, value]) => `${name} = ${value}`))
  setAccounts(real, pool)
  const submissions = await submit(real, pool)
  clock++
  const written = pool.slots.map((slot, number) => slotAd(slot, number, clock))
  real.run("advertise", ["-multiple", "UPDATE_STARTD_AD", real.write("slots", `${written.join("\n\n")}\n`)])
  const machines = await until("the slots", () => {
    const known = ads(real.run("status", ["-long"])).map((ad): Machine => ({ name: textOf(ad, "Name"), ad }))
    return known.length === pool.slots.length ? known : undefined
  })
  const from = real.log().length
  real.run("reschedule", [])
  const log = await until("a negotiation cycle", () => {
    const text = real.log(from)
    const start = text.indexOf("Started Negotiation Cycle")
    return start >= 0 && text.includes("Finished Negotiation Cycle", start) ? text.slice(start) : undefined
  })
  const result = simulate(pool, inOrder(machines, log), submissions)
  const [theirs, ours] = [readSteps(log), ourSteps(result)]
  return {
    real: theirs,
    ours,
    differs: firstDifference(theirs, ours),
    result,
    log,
    jobCount: submissions.flatMap((s) => s.jobs).length
  }
}

const firstDifference = (real: ReadonlyArray<Step>, ours: ReadonlyArray<Step>): number => {
  for (let i = 0; i < Math.max(real.length, ours.length); i++) if (real[i]?.text !== ours[i]?.text) return i
  return -1
}
