import type { ComputeError } from "@orrery/core"
import { Console, Effect, type Schedule, Stream } from "effect"
import type { Row, View } from "../output/Row.ts"

const keyOf = ({ name, namespace }: Row): string => (namespace === undefined ? name : `${namespace}/${name}`)

/** All of a list at first, then what is new or has changed since the last look; what is gone is said beside it. */
export const watchList = (
  { singular }: View,
  list: Effect.Effect<ReadonlyArray<Row>, ComputeError>,
  lookAgain: Schedule.Schedule<unknown>
): Stream.Stream<Row, ComputeError> =>
  Stream.suspend(() => {
    let seen: ReadonlyMap<string, string> = new Map()
    return Stream.fromEffectSchedule(list, lookAgain).pipe(
      Stream.mapEffect((rows) => {
        const now = new Map(rows.map((row) => [keyOf(row), JSON.stringify(row.document)]))
        const changed = rows.filter((row) => seen.get(keyOf(row)) !== now.get(keyOf(row)))
        const gone = [...seen.keys()].filter((key) => !now.has(key))
        seen = now
        return Effect.as(
          Effect.forEach(gone, (key) => Console.error(`${singular}/${key} is gone`)),
          changed
        )
      }),
      Stream.flattenIterable
    )
  })
