import type { Labels } from "@orrery/core"
import { Stream } from "effect"
import type { Call } from "../Client.ts"
import { selectorText } from "./labels.ts"
import { watch } from "./watch.ts"
import type { WireEvent, WireObject, WirePod } from "./wire.ts"

/** One thing and its pods. */
export interface Watched {
  /** The thing by its name, under the path of its kind. */
  readonly owner: Call
  readonly pods: string
  readonly labels: Labels
  /** Where events lie, if warnings about the pods are wanted too. */
  readonly events?: string
}

/** What is known after one change; no owner until it was first told. */
export interface Seen<A> {
  readonly owner: A | undefined
  readonly pods: ReadonlyArray<WirePod>
  /** The last warning about each of the pods. */
  readonly warnings: ReadonlyArray<WireEvent>
  readonly gone: boolean
}

const podWarnings = "type=Warning,involvedObject.kind=Pod"

/** One thing together with its pods, after each change of either. */
export const watchOwned = <A extends WireObject>({ events, labels, owner, pods }: Watched) =>
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
    const query = { labelSelector: selectorText(labels) }
    // once the owner was told, nobody outside can begin anew
    const theirs = watch<WirePod>({ ...owner, path: pods, query }, { patient: true }).pipe(
      Stream.filter((change) => change.type !== "Synced"),
      Stream.map(({ object, type }) => {
        const uid = object.metadata?.uid ?? ""
        if (type === "Gone") known.delete(uid)
        else known.set(uid, object)
        return false
      })
    )
    const warned = new Map<string, WireEvent>()
    const warnings =
      events === undefined
        ? Stream.empty
        : watch<WireEvent>({ ...owner, path: events, query: { fieldSelector: podWarnings } }, { patient: true }).pipe(
            Stream.filter((change) => change.type === "Set"),
            Stream.map(({ object }) => {
              warned.set(object.involvedObject?.uid ?? "", object)
              return false
            }),
            // whoever may not read events learns all the rest
            Stream.catchIf(
              ({ reason }) => reason._tag === "Forbidden",
              () => Stream.empty
            )
          )
    return Stream.merge(Stream.merge(owners, theirs), warnings).pipe(
      Stream.map((gone): Seen<A> => {
        const uids = [...known.keys()]
        const told = uids.flatMap((uid) => warned.get(uid) ?? [])
        return { owner: now, pods: [...known.values()], warnings: told, gone }
      })
    )
  })
