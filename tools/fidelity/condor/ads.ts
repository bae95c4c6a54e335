// The texts that go into the real pool, and the ads that come out of it.
import {
  type ClassAd,
  evaluateAttribute,
  type Machine,
  parseAd,
  print,
  type QueuedJob
} from "../../../packages/simulator/src/engine/profiles/condor/index.ts"
import type { Work } from "./draw.ts"
import type { RealPool } from "./RealPool.ts"
import type { Submission } from "./simulate.ts"

const textOf = (ad: ClassAd, name: string): string => String(evaluateAttribute(ad, name) ?? "")
const numberOf = (ad: ClassAd, name: string): number => Number(evaluateAttribute(ad, name) ?? 0)

/** What each slot's ad has besides what was drawn. */
const frame = {
  MyType: '"Machine"',
  TargetType: '"Job"',
  MyAddress: '"<127.0.0.1:9>"',
  StartdIpAddr: '"<127.0.0.1:9>"',
  CondorVersion: '"$CondorVersion: 23.9.6 2026-07-12 $"',
  Arch: '"X86_64"',
  OpSys: '"LINUX"',
  FileSystemDomain: '"test"',
  UidDomain: '"test"',
  HasFileTransfer: "true",
  WantClaiming: "false",
  Requirements: "START",
  SlotWeight: "Cpus"
}

/** A slot's ad in the long form. A later `sequence` replaces an earlier ad of the same slot. */
export const slotText = ({ ad, name }: Machine, sequence: number): string => {
  const attributes: Record<string, string> = {
    ...frame,
    Machine: `"${name.slice(name.indexOf("@") + 1)}"`,
    MyCurrentTime: String(sequence),
    UpdateSequenceNumber: String(sequence),
    ...Object.fromEntries([...ad.entries()].map(([key, expression]) => [key, print(expression)] as const))
  }
  return Object.entries(attributes)
    .map(([key, value]) => `${key} = ${value}`)
    .join("\n")
}

/** The part of a submit description that queues this work. */
export const submitText = (work: Work): string => {
  const [login = ""] = work.submitter.split("@")
  const at = login.lastIndexOf(".")
  return [
    ...(at < 0 ? ["accounting_group ="] : [`accounting_group = ${login.slice(0, at)}`]),
    `accounting_group_user = ${login.slice(at + 1)}`,
    `priority = ${work.priority}`,
    `request_cpus = ${work.cpus}`,
    `request_memory = ${work.memoryMib}`,
    `request_disk = ${work.diskKib}`,
    `requirements = ${work.requirements}`,
    `rank = ${work.rank}`,
    `concurrency_limits = ${work.limits}`,
    `+Kind = ${work.kind}`,
    `queue ${work.count}`
  ].join("\n")
}

const ads = (text: string): ReadonlyArray<ClassAd> =>
  text
    .split(/\n\s*\n/)
    .filter((part) => part.trim() !== "")
    .map(parseAd)

/** All idle jobs of the queue. */
const readIdle = (real: RealPool): ReadonlyArray<QueuedJob> =>
  ads(real.run("q", ["-allusers", "-long", "-constraint", "JobStatus == 1"])).map((ad) => ({
    id: `${textOf(ad, "ClusterId")}.${textOf(ad, "ProcId")}`,
    ad
  }))

const isOf = ({ ad }: QueuedJob, submitter: string): boolean =>
  textOf(ad, "User") === submitter || `${textOf(ad, "AccountingGroup")}@test` === submitter

/** The submitters as the collector knows them, once it knows of every idle job in the queue; undefined before. */
export const readSubmissions = (real: RealPool): ReadonlyArray<Submission> | undefined => {
  const jobs = readIdle(real)
  const known = ads(real.run("status", ["-submitters", "-long"])).map(
    (ad): Submission => ({
      name: textOf(ad, "Name"),
      lastHeardS: numberOf(ad, "LastHeardFrom"),
      weightedIdle: numberOf(ad, "WeightedIdleJobs"),
      weightedRunning: numberOf(ad, "WeightedRunningJobs"),
      running: numberOf(ad, "RunningJobs"),
      jobs: jobs.filter((job) => isOf(job, textOf(ad, "Name")))
    })
  )
  const asked = (submission: Submission) =>
    submission.jobs.reduce((sum, { ad }) => sum + numberOf(ad, "RequestCpus"), 0)
  const told = known.reduce((sum, { jobs: own }) => sum + own.length, 0)
  const isFresh = told === jobs.length && known.every((submission) => submission.weightedIdle === asked(submission))
  return isFresh ? known.filter((submission) => submission.jobs.length > 0) : undefined
}

/** The slots as the collector knows them. */
export const readMachines = (real: RealPool): ReadonlyArray<Machine> =>
  ads(real.run("status", ["-long"])).map((ad) => ({ name: textOf(ad, "Name"), ad }))

/** Which of the tool's own ads a slot shows. */
export const sequenceOf = ({ ad }: Machine): number => numberOf(ad, "UpdateSequenceNumber")
