import { Data, type Effect } from "effect"
import type { Services } from "./Backend.ts"

/** One promise and what was found instead. */
export class CheckFailed extends Data.TaggedError("CheckFailed")<{
  readonly backend: string
  readonly title: string
  readonly detail: string
}> {
  override get message() {
    return `${this.backend}: ${this.title}: ${this.detail}`
  }
}

/** One promise of the contract, ready to be tried on one backend. */
export interface Check {
  readonly title: string
  /** Ids of rows in the list of features that this shows. */
  readonly features: ReadonlyArray<string>
  readonly service: keyof Services
  readonly run: Effect.Effect<void, CheckFailed>
}

/** A promise that is not tried on this backend, and why. */
export interface Omitted {
  readonly title: string
  readonly why: string
}

/** The ids in a title such as `createCluster twice is once [R36 R116]`. */
export const featuresIn = (title: string): ReadonlyArray<string> =>
  [...title.matchAll(/\[([A-Z]\d+(?: [A-Z]\d+)*)\]/g)].flatMap(([, ids = ""]) => ids.split(" "))
