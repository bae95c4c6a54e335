import type { Labels } from "@orrery/core"
import { Stream } from "effect"
import type { Call } from "./Client.ts"
import { selectorText } from "./labels.ts"
import { watch } from "./watch.ts"
import type { WireObject, WirePod } from "./wire.ts"

/** One thing and its pods. */
export interface Watched {
  /** The thing by its name, under the path of its kind. */
  readonly owner: Call
  readonly pods: string
  readonly labels: Labels
}

/** What is known after one change; no owner until it was first told. */
export interface Seen<A> {
  readonly owner: A | undefined
  readonly pods: ReadonlyArray<WirePod>
  readonly gone: boolean
}

/** One thing together with its pods, after each change of either. */
export const watchOwned = <A extends WireObject>({ labels, owner, pods }: Watched) =>
  Stream.suspend(() => {
    const known = new Map<string, WirePod>()
    let now: A | undefined
    const owners = watch<A>({ ...owner, query: { fieldSelector: `metadata.name=${owner.name}` } }).pipe(
      Stream.filter((change) => change.type !== "Synced"),
      Stream.map((change) => {
        now = change.object
        return change.type === "Gone"
      })
    )
    const theirs = watch<WirePod>({ ...owner, path: pods, query: { labelSelector: selectorText(labels) } }).pipe(
      Stream.filter((change) => change.type !== "Synced"),
      Stream.map(({ object, type }) => {
        const uid = object.metadata?.uid ?? ""
        if (type === "Gone") known.delete(uid)
        else known.set(uid, object)
        return false
      })
    )
    return Stream.merge(owners, theirs).pipe(
      Stream.map((gone): Seen<A> => ({ owner: now, pods: [...known.values()], gone }))
    )
  })
