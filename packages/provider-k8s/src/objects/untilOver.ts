import { Stream } from "effect"
import type { Call } from "../Client.ts"
import { watch } from "./watch.ts"
import type { WireObject } from "./wire.ts"

/** Waits until the thing that a call names, under the path of its kind, is over or gone. It joins what others have begun, so it bears lost looks. */
export const untilOver = <A extends WireObject>(call: Call, isOver: (now: A) => boolean = () => false) =>
  Stream.suspend(() => {
    let isThere = false
    const query = { fieldSelector: `metadata.name=${call.name}` }
    return watch<A>({ ...call, query }, { patient: true }).pipe(
      Stream.takeUntil((change) => {
        if (change.type !== "Set") return change.type === "Gone" || !isThere
        isThere = true
        return isOver(change.object)
      })
    )
  }).pipe(Stream.runDrain)
