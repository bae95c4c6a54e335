import type { ClassAd } from "./classad/ClassAd.ts"
import { evaluateAttribute } from "./classad/evaluate.ts"
import { print } from "./classad/print.ts"
import { toNumber } from "./classad/Value.ts"
import type { Job, Machine } from "./Pool.ts"
import { externalReferences, internalReferences } from "./references.ts"

/** A job as it stands in the queue, before it is grouped with those like it. */
export interface QueuedJob {
  readonly id: string
  readonly ad: ClassAd
}

const place = (id: string): readonly [number, number] => {
  const [cluster, proc] = id.split(".")
  return [Number(cluster), Number(proc)]
}

/** Larger JobPrio first, then in the order of submission. */
export const queueOrder = (a: QueuedJob, b: QueuedJob): number => {
  const priority = (job: QueuedJob): number => toNumber(evaluateAttribute(job.ad, "JobPrio")) ?? 0
  const [clusterA, procA] = place(a.id)
  const [clusterB, procB] = place(b.id)
  return priority(b) - priority(a) || clusterA - clusterB || procA - procB
}

const always = [
  "Requirements",
  "Rank",
  "RequestCpus",
  "RequestMemory",
  "RequestDisk",
  "RequestGPUs",
  "ConcurrencyLimits"
]

/**
 * Sorts a submitter's jobs and numbers the alike: those that agree in every attribute a match may look at, which are
 * those their own Requirements and Rank name and those the pool's slots look for.
 */
export const queueOf = (jobs: ReadonlyArray<QueuedJob>, machines: ReadonlyArray<Machine>): ReadonlyArray<Job> => {
  const wanted = new Set(machines.flatMap((machine) => [...externalReferences(machine.ad)]))
  const own = new Set(jobs.flatMap((job) => [...internalReferences(job.ad, [...always, ...wanted])]))
  const significant = [...own].sort()
  const numbers = new Map<string, number>()
  return [...jobs].sort(queueOrder).map((job) => {
    const key = significant
      .map((name) => job.ad.lookup(name))
      .map((e) => (e === undefined ? "" : print(e)))
      .join("\n")
    const autoCluster = numbers.get(key) ?? numbers.size
    numbers.set(key, autoCluster)
    return { ...job, autoCluster }
  })
}
