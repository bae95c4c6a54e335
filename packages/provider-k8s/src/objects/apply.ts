import { Effect } from "effect"
import { type Call, Client } from "../Client.ts"
import { fieldManager } from "./fieldOwners.ts"

/** Server-side apply: sets our fields and drops those we no longer name. Fails where a field is somebody else's. */
export const apply = <A>(call: Call) =>
  Effect.flatMap(Client, (client) =>
    client.request<A>({
      ...call,
      method: "PATCH",
      query: { fieldManager, force: false, fieldValidation: "Strict" },
      contentType: "application/apply-patch+yaml"
    })
  )
