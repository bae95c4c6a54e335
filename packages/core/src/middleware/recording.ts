import { Effect, Schema, Stream } from "effect"
import { because, ComputeError, Failed } from "../service/ComputeError.ts"
import { type Middleware, middleware, type Operation } from "./Around.ts"

const Line = Schema.Struct({
  operation: Schema.String,
  args: Schema.Unknown,
  /** What a call that answers once gave back. */
  value: Schema.optionalKey(Schema.Unknown),
  /** What a stream gave before it ended. */
  items: Schema.optionalKey(Schema.Array(Schema.Unknown)),
  error: Schema.optionalKey(ComputeError)
})
type Line = typeof Line.Type

const encode = Schema.encodeSync(Schema.fromJsonString(Line))
const decode = Schema.decodeSync(Schema.fromJsonString(Line))
const keyOf = (operation: string, args: unknown): string => `${operation} ${JSON.stringify(args)}`

/**
 * Writes every call and what came of it to a list, one line of JSON each, in the order in which calls ended. The lines hold all
 * that was given, values of variables among them: keep them as you keep those.
 */
export const record = (lines: { push: (line: string) => unknown }): Middleware => {
  const note = (line: Line) => Effect.sync(() => lines.push(encode(line)))
  return middleware({
    effect: ({ name: operation }, args, call) =>
      call.pipe(
        Effect.tap((value) => note({ operation, args, value })),
        Effect.tapError((error) => note({ operation, args, error }))
      ),
    stream: ({ name: operation }, args, call) =>
      Stream.suspend(() => {
        const items: Array<unknown> = []
        return call.pipe(
          Stream.tap((item) => Effect.sync(() => items.push(item))),
          Stream.tapError((error) => note({ operation, args, items, error })),
          Stream.onEnd(Effect.suspend(() => note({ operation, args, items })))
        )
      })
  })
}

/** Answers every call from a recording and never reaches the service: the n-th equal call gets the n-th answer. */
export const replay = (lines: ReadonlyArray<string>): Middleware => {
  const answers = new Map<string, Array<Line>>()
  for (const text of lines) {
    const line = decode(text)
    const key = keyOf(line.operation, line.args)
    answers.set(key, [...(answers.get(key) ?? []), line])
  }
  const answer = (
    { backend, method, name }: Operation,
    args: ReadonlyArray<unknown>
  ): Effect.Effect<Line, ComputeError> =>
    Effect.suspend(() => {
      const line = answers.get(keyOf(name, args))?.shift()
      if (line !== undefined) return Effect.succeed(line)
      const detail = `the recording has no further answer to ${keyOf(name, args)}`
      const hint = "record again: the program asks for something else than it did then"
      return Effect.fail(because(new Failed({ backend, operation: method, detail, hint })))
    })
  return middleware({
    // The recording was made of the same methods, so that what it holds is what they give.
    effect: <A>(operation: Operation, args: ReadonlyArray<unknown>) =>
      Effect.flatMap(answer(operation, args), ({ error, value }) =>
        error === undefined ? Effect.succeed(value as A) : Effect.fail(error)
      ),
    stream: <A>(operation: Operation, args: ReadonlyArray<unknown>) =>
      Stream.unwrap(
        Effect.map(answer(operation, args), ({ error, items = [] }) => {
          const given = Stream.fromArray(items as ReadonlyArray<A>)
          return error === undefined ? given : Stream.concat(given, Stream.fail(error))
        })
      )
  })
}
