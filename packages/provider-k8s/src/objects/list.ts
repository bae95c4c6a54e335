import type { ComputeError } from "@orrery/core"
import { Effect, Option, Stream } from "effect"
import { type Call, Client } from "../Client.ts"
import { bear } from "./bear.ts"
import type { WireObject } from "./wire.ts"

/** Things asked for in one reply; more would only cost memory. */
export const pageSize = 500

/** One page of a list. */
export interface Page<A> {
  readonly metadata: { readonly resourceVersion?: string; readonly continue?: string }
  readonly items: ReadonlyArray<A>
}

/** Pages of one moment: every page is of the resource version of the first, or the list fails. */
export const pages = <A extends WireObject>(call: Call) =>
  Stream.paginate("", (token: string) =>
    Effect.gen(function* () {
      const client = yield* Client
      const query = { ...call.query, limit: pageSize, ...(token === "" ? {} : { continue: token }) }
      const reading = client.request<Page<A>>({ ...call, query })
      // what was given of earlier pages cannot be taken back, so that nobody outside can begin anew
      const page = yield* token === "" ? reading : bear(reading)
      const next = page.metadata.continue ?? ""
      return [[page], next === "" ? Option.none<string>() : Option.some(next)] as const
    })
  )

/** Lists come in the order of this text, whatever their pages. */
const orderOf = ({ metadata }: WireObject): string => `${metadata?.namespace ?? ""}/${metadata?.name ?? ""}`

/** Everything of a list. A list that grew old while it was read is read again from where it was, and nothing is given twice. */
export const list = <A extends WireObject>(call: Call) =>
  Stream.suspend(() => {
    let last = ""
    const from = (begin: string): Stream.Stream<A, ComputeError, Client> =>
      pages<A>(call).pipe(
        Stream.flatMap((page) => Stream.fromIterable(page.items)),
        Stream.filter((item) => orderOf(item) > begin),
        Stream.map((item) => {
          last = orderOf(item)
          return item
        }),
        Stream.catchIf(
          // an old page is told so long as the list goes on; one that is old at once stays so
          ({ reason }) => reason._tag === "Stale" && last > begin,
          () => from(last)
        )
      )
    return from("")
  })
