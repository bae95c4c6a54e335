import { Effect } from "effect"
import { type Kind, kinds, type Scope } from "../kinds.ts"
import { wantedIn } from "./flags.ts"

/** One thing that was named, and where it is. */
export interface Thing {
  readonly kind: Kind
  readonly name: string
  readonly where: Scope
}

const things = (singular: string, name: string, namespace?: string): ReadonlyArray<Thing> =>
  kinds.filter((kind) => kind.singular === singular).map((kind) => ({ kind, name, where: { namespace } }))

/** What files ask for, in the order in which it can go: work first, machines last. */
export const thingsIn = Effect.fnUntraced(function* (files: ReadonlyArray<string>) {
  const { clusters, deployments, jobs, from } = yield* wantedIn(files)
  return {
    from,
    things: [
      ...jobs.flatMap(({ name, namespace }) => things("job", name, namespace)),
      ...deployments.flatMap(({ name, namespace }) => things("deployment", name, namespace)),
      ...clusters.flatMap(({ name }) => things("cluster", name))
    ]
  }
})
