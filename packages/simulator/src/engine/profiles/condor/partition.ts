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

const amount = (value: Value, otherwise: number): number => Math.ceil(toNumber(value) ?? otherwise)

/** Cuts a dynamic slot for a job out of a partitionable one; undefined where the rounded request does not fit. */
export const carve = (
  slot: Machine,
  job: ClassAd,
  number: number,
  rounding: Rounding = defaultRounding
): Carved | undefined => {
  const scope = { my: slot.ad, target: job }
  const wanted = {
    Cpus: amount(evaluate(rounding.cpus, scope), 1),
    Memory: amount(evaluate(rounding.memoryMib, scope), 128),
    Disk: amount(evaluate(rounding.diskKib, scope), 1024) + diskExtraKib
  }
  const given: Record<string, bigint> = {}
  const rest: Record<string, bigint> = {}
  for (const [name, want] of Object.entries(wanted)) {
    const have = toNumber(evaluateAttribute(slot.ad, name)) ?? 0
    if (want > have) return undefined
    given[name] = BigInt(want)
    rest[name] = BigInt(have - want)
  }
  const name = slot.name.replace("@", `_${number}@`)
  return {
    dynamic: { name, ad: slot.ad.with({ ...given, Name: name, PartitionableSlot: undefined, DynamicSlot: true }) },
    rest: { name: slot.name, ad: slot.ad.with(rest) }
  }
}
