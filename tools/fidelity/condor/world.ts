// What becomes of a pool's slots between two negotiation cycles: the startds' part, which the tool plays for both sides.
import {
  adOf,
  carve,
  evaluateAttribute,
  type Machine,
  type QueuedJob
} from "../../../packages/simulator/src/engine/profiles/condor/index.ts"
import { Dice } from "./Dice.ts"
import { claimOf, type Slot, unclaimed } from "./draw.ts"

/** A job that is to have a slot. */
export interface Taken {
  readonly job: QueuedJob
  readonly submitter: string
  readonly slot: string
}

/** The slots as they are now, and the jobs that run. */
export interface World {
  readonly slots: ReadonlyArray<Slot>
  /** Jobs that leave the queue. */
  readonly started: ReadonlyArray<string>
}

const nameOf = (slot: Slot): string => (slot.Name ?? "").replaceAll('"', "")
const machineOf = (slot: Slot): Machine => ({ name: nameOf(slot), ad: adOf(slot) })
const amounts = ["Cpus", "Memory", "Disk"] as const

const numbers = (machine: Machine): Slot =>
  Object.fromEntries(amounts.map((name) => [name, String(evaluateAttribute(machine.ad, name))]))

const claimFor = (slot: Slot, { job, submitter }: Taken, dice: Dice): Slot => {
  const rank = evaluateAttribute(adOf(slot), "Rank", job.ad)
  const limits = evaluateAttribute(job.ad, "ConcurrencyLimits")
  return {
    ...claimOf(submitter, typeof rank === "number" || typeof rank === "bigint" ? String(rank) : "0.0"),
    TotalJobRuntime: String(dice.below(5000)),
    ...(typeof limits === "string" ? { ConcurrencyLimits: `"${limits}"` } : {})
  }
}

const dynamicName = (parent: Slot, number: number): string => nameOf(parent).replace("@", `_${number}@`)

/** Gives a job its slot; undefined where the startd would refuse it, as the rounded request is too large. */
const take = (slots: Array<Slot>, taken: Taken, dice: Dice): boolean => {
  const at = slots.findIndex((slot) => nameOf(slot) === taken.slot)
  const slot = slots[at] as Slot
  if (slot.PartitionableSlot !== "true") {
    const { RetirementTimeRemaining: _, ConcurrencyLimits: __, ...plain } = slot
    slots[at] = { ...plain, ...claimFor(slot, taken, dice) }
    return true
  }
  let number = 1
  while (slots.some((other) => nameOf(other) === dynamicName(slot, number))) number++
  const carved = carve(machineOf(slot), taken.job.ad, number)
  if (carved === undefined) return false
  const { PartitionableSlot: _, ...plain } = slot
  slots[at] = { ...slot, ...numbers(carved.rest) }
  slots.push({
    ...plain,
    ...numbers(carved.dynamic),
    Name: `"${carved.dynamic.name}"`,
    DynamicSlot: "true",
    ...claimFor(slot, taken, dice)
  })
  return true
}

/** A claim ends: its slot is free, or goes back into the one it was cut from. */
const release = (slots: Array<Slot>, name: string): void => {
  const at = slots.findIndex((slot) => nameOf(slot) === name)
  const slot = slots[at] as Slot
  const parentAt = slots.findIndex((other) => nameOf(other) === name.replace(/_\d+@/, "@"))
  const parent = slots[parentAt]
  if (slot.DynamicSlot === "true" && parent !== undefined) {
    const whole = amounts.map((amount) => [amount, String(Number(parent[amount]) + Number(slot[amount]))] as const)
    slots[parentAt] = { ...parent, ...Object.fromEntries(whole) }
    slots.splice(at, 1)
    return
  }
  const { RemoteUser: _, RemoteOwner: __, AccountingGroup: ___, ConcurrencyLimits: ____, ...plain } = slot
  slots[at] = { ...plain, ...unclaimed }
}

/** The world after a cycle's matches. One claim in seven fails, and one in four of the older ones ends. */
export const nextWorld = (before: ReadonlyArray<Slot>, matches: ReadonlyArray<Taken>, fate: number): World => {
  const dice = new Dice(fate)
  const slots = [...before]
  const ending = before.filter((slot) => slot.State === '"Claimed"' && dice.chance(25)).map(nameOf)
  const started = new Set<string>()
  for (const taken of matches) {
    if (dice.chance(15) || started.has(taken.job.id)) continue
    if (take(slots, taken, dice)) started.add(taken.job.id)
  }
  const again = new Set(matches.map((taken) => taken.slot))
  for (const name of ending) if (!again.has(name)) release(slots, name)
  return { slots, started: [...started] }
}
