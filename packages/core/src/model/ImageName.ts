import { Result, Schema } from "effect"
import { parsed } from "./parsed.ts"

/** The parts of a container image's name. */
export interface ImageName {
  readonly registry?: string
  readonly repository: string
  readonly tag?: string
  readonly digest?: string
}

const part = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*$/
const tagPattern = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/
const digestPattern = /^[a-z0-9]+(?:[.+_-][a-z0-9]+)*:[0-9a-fA-F]{32,}$/
const registryPattern =
  /^(?:localhost|[A-Za-z0-9][A-Za-z0-9.-]*\.[A-Za-z0-9-]+|[A-Za-z0-9][A-Za-z0-9-]*(?=:)|\[[0-9a-fA-F:]+\])(?::\d{1,5})?$/

/** Splits `registry:5000/team/app:1.0@sha256:...` by the rules of container registries. */
export const parseImageName = (text: string): Result.Result<ImageName, string> => {
  if (text === "" || text.length > 4096) return Result.fail("an image name has 1 to 4096 characters")
  const at = text.indexOf("@")
  const digest = at < 0 ? undefined : text.slice(at + 1)
  if (digest !== undefined && !digestPattern.test(digest)) return Result.fail(`${JSON.stringify(digest)} is no digest`)
  const named = at < 0 ? text : text.slice(0, at)
  const slash = named.lastIndexOf("/")
  const colon = named.indexOf(":", slash + 1)
  const tag = colon < 0 ? undefined : named.slice(colon + 1)
  if (tag !== undefined && !tagPattern.test(tag)) return Result.fail(`${JSON.stringify(tag)} is no tag`)
  const path = colon < 0 ? named : named.slice(0, colon)
  const first = path.includes("/") ? path.slice(0, path.indexOf("/")) : ""
  const hasRegistry = first === "localhost" || /[.:]/.test(first)
  if (hasRegistry && !registryPattern.test(first)) return Result.fail(`${JSON.stringify(first)} is no registry`)
  const repository = hasRegistry ? path.slice(first.length + 1) : path
  const wrong = repository.split("/").find((piece) => !part.test(piece))
  if (wrong !== undefined)
    return Result.fail(
      `${JSON.stringify(wrong)} is no part of an image name (lower-case letters, digits, '.', '_', '-')`
    )
  return Result.succeed({
    ...(hasRegistry ? { registry: first } : {}),
    repository,
    ...(tag === undefined ? {} : { tag }),
    ...(digest === undefined ? {} : { digest })
  })
}

/** The name again, as it would be pulled. */
export const printImageName = ({ digest, registry, repository, tag }: ImageName): string =>
  `${registry === undefined ? "" : `${registry}/`}${repository}${tag === undefined ? "" : `:${tag}`}${digest === undefined ? "" : `@${digest}`}`

/** The name of a container image, checked and kept as written. */
export const Image = parsed(Schema.String, {
  name: "image",
  allowed: "an image such as web-app:1.0 or registry.example.com/team/app@sha256:...",
  parse: (written) => Result.map(parseImageName(String(written)), () => String(written)),
  print: (value) => value
})
