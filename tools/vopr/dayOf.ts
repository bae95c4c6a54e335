import { uniformInteger } from "../../packages/simulator/src/engine/math/sample.ts"
import { Streams } from "../../packages/simulator/src/engine/Streams.ts"
import { badDay, type FaultPlan, quiet } from "../../packages/simulator/src/provider/FaultPlan.ts"
import { type ProfileName, profiles } from "../../packages/simulator/src/provider/profiles.ts"

/** What a seed decides: the backend, how bad its day is, and which checks it meets. */
export interface Day {
  readonly name: string
  readonly profile: ProfileName
  readonly faults: FaultPlan
  /** What is tried again where it failed: calls of the ports, or whole calls of the services. */
  readonly retries: "ports" | "services"
  readonly pick: <A>(checks: ReadonlyArray<A>) => ReadonlyArray<A>
}

const checksPerSeed = 2

/** Draws everything from the seed. The chances themselves are drawn, down to none, so that rare faults also meet alone. */
export const dayOf = (seed: number): Day => {
  const stream = new Streams(seed).named("vopr")
  const draw = (most: number): number => uniformInteger(stream, 0, most)
  const names = Object.keys(profiles) as ReadonlyArray<ProfileName>
  const profile = names[draw(names.length - 1)] ?? "ideal"
  const share = [0, 1, 2, 4][draw(3)] ?? 0
  const scaled = <Chances extends object>(chances: Chances): Chances =>
    Object.fromEntries(
      Object.entries(chances).map(([key, value]) => [
        key,
        key.endsWith("PerMille") && typeof value === "number"
          ? draw(2) === 0
            ? 0
            : Math.floor((value * share) / 4)
          : value
      ])
    ) as Chances
  const faults =
    share === 0
      ? quiet
      : {
          ...badDay,
          call: scaled(badDay.call),
          world: scaled(badDay.world),
          operations: share === 4 ? badDay.operations : {}
        }
  const retries = draw(1) === 0 ? "ports" : "services"
  return {
    retries,
    name: share === 0 ? "quiet" : `${share} fourths of a bad day, retries of ${retries}`,
    profile,
    faults,
    pick: (checks) =>
      checks.length === 0
        ? []
        : Array.from({ length: checksPerSeed }, () => checks[draw(checks.length - 1)]).filter(
            (check) => check !== undefined
          )
  }
}
