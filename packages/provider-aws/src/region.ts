import { because, InvalidInput } from "@orrery/core"
import { Effect } from "effect"
import { Client } from "./Client.ts"

/** Fails where a cluster asks for another region than the one we are connected to: its machines would be in the wrong one. */
export const sameRegion = Effect.fnUntraced(function* (wanted: string | undefined) {
  if (wanted === undefined) return
  const connected = yield* (yield* Client).region
  if (connected !== wanted)
    return yield* because(
      new InvalidInput({
        backend: "aws",
        operation: "region",
        problems: [
          {
            path: "cluster.region",
            message: `the cluster is to be in ${wanted}, and this provider is connected to ${connected}`,
            remedy: `connect with region ${wanted}`
          }
        ]
      })
    )
})
