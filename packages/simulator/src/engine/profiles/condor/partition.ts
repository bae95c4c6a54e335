import type { ClassAd } from "./classad/ClassAd.ts"
import type { Expression } from "./classad/Expression.ts"
import { evaluate, evaluateAttribute } from "./classad/evaluate.ts"
import { parse } from "./classad/parse.ts"
import { toNumber, type Value } from "./classad/Value.ts"
import type { Machine } from "./Pool.ts"

/** What the startd makes of a job's request: HTCondor's MODIFY_REQUEST_EXPR_*. */
export interface Rounding {
  readonly cpus: Expression
  readonly memoryMib: Expression
  readonly diskKib: Expression
}

/** HTCondor's defaults: whole cores, memory in steps of 128 MiB, disk in steps of 1 MiB (and one more, see below). */
export const defaultRounding: Rounding = {
  cpus: parse("quantize(TARGET.RequestCpus,{1})"),
  memoryMib: parse("quantize(TARGET.RequestMemory,{128})"),
  diskKib: parse("quantize(TARGET.RequestDisk,{1024})")
}

/** A dynamic slot for one job and what remains of the slot it was cut from. */
export interface Carved {
  readonly dynamic: Machine
  readonly rest: Machine
}

/** What a startd adds to the disk that it gives a dynamic slot, rounded as it is. */
const diskExtraKib = 1024

type Sizes = Readonly<Record<"Cpus" | "Memory" | "Disk", number>>

const amount = (value: Value, otherwise: number): number => Math.ceil(toNumber(value) ?? otherwise)

const rounded = (slot: ClassAd, job: ClassAd, rounding: Rounding): Sizes => {
  const scope = { my: slot, target: job }
  return {
    Cpus: amount(evaluate(rounding.cpus, scope), 1),
    Memory: amount(evaluate(rounding.memoryMib, scope), 128),
    Disk: amount(evaluate(rounding.diskKib, scope), 1024)
  }
}

const asked = (slot: ClassAd, job: ClassAd): Sizes => ({
  Cpus: amount(evaluateAttribute(job, "RequestCpus", slot), 1),
  Memory: amount(evaluateAttribute(job, "RequestMemory", slot), 128),
  Disk: amount(evaluateAttribute(job, "RequestDisk", slot), 1024)
})

/** Cuts a dynamic slot for a job out of a partitionable one, as asked where the rounded request is too large. Undefined where neither fits. */
export const carve = (
  slot: Machine,
  job: ClassAd,
  number: number,
  rounding: Rounding = defaultRounding
): Carved | undefined => {
  const had = (name: keyof Sizes): number => toNumber(evaluateAttribute(slot.ad, name)) ?? 0
  const fits = (sizes: Sizes) => sizes.Cpus <= had("Cpus") && sizes.Memory <= had("Memory") && sizes.Disk <= had("Disk")
  const wanted = [rounded(slot.ad, job, rounding), asked(slot.ad, job)].find(fits)
  if (wanted === undefined) return undefined
  const given = { ...wanted, Disk: Math.min(wanted.Disk + diskExtraKib, had("Disk")) }
  const ad = (size: (name: keyof Sizes) => number) => ({
    Cpus: BigInt(size("Cpus")),
    Memory: BigInt(size("Memory")),
    Disk: BigInt(size("Disk"))
  })
  const name = slot.name.replace("@", `_${number}@`)
  const own = { Name: name, PartitionableSlot: undefined, DynamicSlot: true }
  return {
    dynamic: { name, ad: slot.ad.with({ ...ad((size) => given[size]), ...own }) },
    rest: { name: slot.name, ad: slot.ad.with(ad((size) => had(size) - given[size])) }
  }
}
