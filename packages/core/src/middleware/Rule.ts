import type { Feature, Limits } from "../model/Capability.ts"
import type { Problem } from "../model/Problem.ts"

/** What the guard asks before a call may reach its provider. */
export interface Rule {
  /** What the backend must offer for these arguments. */
  readonly needs?: ReadonlyArray<Feature>
  /** What is wrong with these arguments. */
  readonly problems?: (limits: Limits) => ReadonlyArray<Problem>
}

type Callable<S> = Exclude<
  { [K in keyof S]: S[K] extends (...args: never) => unknown ? K : never }[keyof S],
  undefined | "backend" | "capabilities"
>

/** A rule for every method of a service: a new method breaks the build until it has one. */
export type Rules<S> = {
  readonly [K in Callable<S>]: (...args: S[K] extends (...args: infer A) => unknown ? A : never) => Rule
}

/** A problem where `isWrong`, with where and what. */
export const problemWhere = (isWrong: boolean, path: string, message: string): ReadonlyArray<Problem> =>
  isWrong ? [{ path, message }] : []

/** A problem where something is above a limit of the backend. */
export const above = (value: number, most: number, path: string, unit: string): ReadonlyArray<Problem> =>
  problemWhere(value > most, path, `${value} is above what the backend allows, ${most} ${unit}`)

/** A problem where a count is not a whole number from 0 on. */
export const notACount = (value: number, path: string): ReadonlyArray<Problem> =>
  problemWhere(!Number.isSafeInteger(value) || value < 0, path, `${value} is no whole number from 0 on`)
