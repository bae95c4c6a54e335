import { Console, Effect, Stdio, Stream } from "effect"

/** Does the work; where a person is watching, each message of `news` appears meanwhile. News never fails the work. */
export const withProgress = <A, E, R, NewsError>(
  news: Stream.Stream<string, NewsError>,
  work: Effect.Effect<A, E, R>
): Effect.Effect<A, E, R | Stdio.Stdio> =>
  Effect.gen(function* () {
    const { stderrIsTerminal } = yield* Stdio.Stdio
    if (!(yield* stderrIsTerminal)) return yield* work
    yield* news.pipe(
      Stream.changes,
      Stream.runForEach((message) => Console.error(message)),
      Effect.ignore,
      Effect.forkScoped
    )
    return yield* work
  }).pipe(Effect.scoped)
