import { nearest } from "@orrery/core"
import { Result } from "effect"
import { badInput, type InputError } from "./InputError.ts"

/** A kind of thing and, where one was named, which. */
export interface Target<Kind> {
  readonly kind: Kind
  readonly name: string | undefined
}

/** What a kind of thing is called. */
export interface Named {
  readonly singular: string
  readonly plural: string
  readonly aliases: ReadonlyArray<string>
}

const kindOf = <Kind extends Named>(word: string, kinds: ReadonlyArray<Kind>): Result.Result<Kind, InputError> => {
  const kind = kinds.find(({ aliases, plural, singular }) => [singular, plural, ...aliases].includes(word))
  if (kind !== undefined) return Result.succeed(kind)
  const known = kinds.flatMap(({ aliases, plural, singular }) => [plural, singular, ...aliases])
  const meant = nearest(word, known)
  return Result.fail(
    badInput(
      `${JSON.stringify(word)} is no kind of thing here, allowed: ${kinds.map(({ plural }) => plural).join(", ")}`,
      meant === undefined ? undefined : `did you mean ${meant}?`
    )
  )
}

const unreadable = (words: ReadonlyArray<string>): InputError =>
  badInput(`${JSON.stringify(words.join(" "))} is neither KIND, KIND/NAME nor KIND NAME`)

/**
 * Reads `deployments`, `deployment/web-app` and `deployment web-app` alike, and several of them: `deployments,jobs`,
 * `job a b`, `deployment/a job/b`.
 */
export const readTargets = <Kind extends Named>(
  words: ReadonlyArray<string>,
  kinds: ReadonlyArray<Kind>
): Result.Result<ReadonlyArray<Target<Kind>>, InputError> =>
  Result.gen(function* () {
    const slashed = words.filter((word) => word.includes("/"))
    if (slashed.length > 0) {
      if (slashed.length < words.length) return yield* Result.fail(unreadable(words))
      const targets: Array<Target<Kind>> = []
      for (const word of words) {
        const slash = word.indexOf("/")
        const name = word.slice(slash + 1)
        if (name === "" || name.includes("/")) return yield* Result.fail(unreadable(words))
        targets.push({ kind: yield* kindOf(word.slice(0, slash), kinds), name })
      }
      return targets
    }
    const [first = "", ...names] = words
    const targets: Array<Target<Kind>> = []
    for (const word of first.split(",")) {
      const kind = yield* kindOf(word, kinds)
      for (const name of names.length === 0 ? [undefined] : names) targets.push({ kind, name })
    }
    return targets
  })

/** Reads the one kind, or the one thing, that a verb is about. */
export const readTarget = <Kind extends Named>(
  words: ReadonlyArray<string>,
  kinds: ReadonlyArray<Kind>
): Result.Result<Target<Kind>, InputError> =>
  Result.flatMap(readTargets(words, kinds), ([only, ...more]) =>
    only === undefined || more.length > 0 ? Result.fail(unreadable(words)) : Result.succeed(only)
  )

/** Reads the one thing that a verb is about; without a name there is nothing to `verb`. */
export const readNamed = <Kind extends Named>(
  words: ReadonlyArray<string>,
  kinds: ReadonlyArray<Kind>,
  verb: string
): Result.Result<{ readonly kind: Kind; readonly name: string }, InputError> =>
  Result.flatMap(readTarget(words, kinds), ({ kind, name }) =>
    name === undefined
      ? Result.fail(badInput(`name one of the ${kind.plural} to ${verb}`))
      : Result.succeed({ kind, name })
  )
