import { nearest } from "@orrery/core"
import { Result } from "effect"
import { badInput, type InputError } from "./InputError.ts"

/** A kind of thing and, where one was named, which. */
export interface Target<Kind> {
  readonly kind: Kind
  readonly name: string | undefined
}

interface Named {
  readonly singular: string
  readonly plural: string
  readonly aliases: ReadonlyArray<string>
}

/** Reads `deployments`, `deployment/web-app` and `deployment web-app` alike. */
export const readTarget = <Kind extends Named>(
  words: ReadonlyArray<string>,
  kinds: ReadonlyArray<Kind>
): Result.Result<Target<Kind>, InputError> => {
  const [first = "", second, ...more] = words
  const slash = first.indexOf("/")
  const word = slash < 0 ? first : first.slice(0, slash)
  const name = slash < 0 ? second : first.slice(slash + 1)
  if ((slash >= 0 && second !== undefined) || more.length > 0 || name === "")
    return Result.fail(badInput(`${JSON.stringify(words.join(" "))} is neither KIND, KIND/NAME nor KIND NAME`))
  const kind = kinds.find(({ aliases, plural, singular }) => [singular, plural, ...aliases].includes(word))
  if (kind !== undefined) return Result.succeed({ kind, name })
  const known = kinds.flatMap(({ aliases, plural, singular }) => [plural, singular, ...aliases])
  const meant = nearest(word, known)
  return Result.fail(
    badInput(
      `${JSON.stringify(word)} is no kind of thing here, allowed: ${kinds.map(({ plural }) => plural).join(", ")}`,
      meant === undefined ? undefined : `did you mean ${meant}?`
    )
  )
}
