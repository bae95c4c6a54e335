import { createHash } from "node:crypto"
import { type Asked, isFollowed, isLaterPage, isWatch, isWrite } from "./Asked.ts"
import type { Fault } from "./Fault.ts"

/** Which fault a request meets, if any. Asked once for each request, in their order. */
export type FaultPlan = (asked: Asked) => Fault | undefined

/** Nothing goes wrong. */
export const noFaults: FaultPlan = () => undefined

/** How often things go wrong, and for how long at a time. */
export interface DrawnOptions {
  readonly seed: number
  /** Of a hundred requests, how many meet a fault. */
  readonly percent: number
  /** Faults that the same request meets at most in a row; clients give up sooner or later. */
  readonly inRowMax: number
}

/** What can happen to such a request. */
const possible = (asked: Asked, draw: (max: number) => number): ReadonlyArray<Fault> => {
  const always: ReadonlyArray<Fault> = [
    { type: "lostRequest" },
    { type: "slow", ms: draw(400) },
    { type: "busy", retryAfterSeconds: 1 },
    { type: "broken" }
  ]
  if (isWatch(asked))
    return [
      ...always,
      { type: "gone" },
      { type: "goneInside" },
      { type: "cut", afterMs: draw(1_500) },
      { type: "closed", afterMs: draw(1_500) }
    ]
  if (isFollowed(asked)) return [...always, { type: "cut", afterMs: draw(1_500) }]
  if (isLaterPage(asked)) return [...always, { type: "gone" }]
  if (isWrite(asked)) return [...always, { type: "lostReply" }, { type: "lostReply" }, { type: "conflict" }]
  return [...always, { type: "lostReply" }]
}

/** Faults that follow from a seed: the same requests in the same order meet the same ones. */
export const drawn = ({ inRowMax, percent, seed }: DrawnOptions): FaultPlan => {
  let count = 0
  const inRow = new Map<string, number>()
  const draw = (max: number): number =>
    createHash("sha256").update(`${seed} ${count++}`).digest().readUInt32BE() % Math.max(1, max)
  return (asked) => {
    const key = `${asked.method} ${asked.path}`
    const before = inRow.get(key) ?? 0
    if (draw(100) >= percent || before >= inRowMax) {
      inRow.delete(key)
      return undefined
    }
    inRow.set(key, before + 1)
    const faults = possible(asked, draw)
    return faults[draw(faults.length)]
  }
}

/** One fault, at the request of this number; the first is 1. */
export const onlyAt = (number: number, fault: Fault): FaultPlan => {
  let count = 0
  return () => (++count === number ? fault : undefined)
}
