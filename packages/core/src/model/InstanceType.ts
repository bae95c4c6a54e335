import { Result, Schema } from "effect"
import { parsed } from "./parsed.ts"

/** A kind of machine as its provider names it, with the provider where that was written before a colon. */
export interface InstanceType {
  readonly provider?: string
  readonly name: string
  /** What the name says, where it has a provider's usual form: `c5` of `c5.xlarge`, `D` of `Standard_D4s_v5`. */
  readonly family?: string
  readonly size?: string
}

const providerPattern = /^[A-Za-z][A-Za-z0-9-]{0,31}$/
const namePattern = /^[A-Za-z0-9][A-Za-z0-9._-]*$/
/** Catalogues print "T2 Medium" for what is rented as "t2.medium". */
const catalogue = /^([a-z][a-z0-9-]*\d[a-z0-9-]*)\s+(nano|micro|small|medium|large|\d*xlarge|metal)$/
const amazon = /^([a-z][a-z0-9-]*)\.([a-z0-9-]+)$/
const azure = /^(?:Standard|Basic)_([A-Z]+)(\d+.*)$/

/** Reads `c5.xlarge`, `AWS:g6.2xlarge`, `AWS:T2 Medium` (the same as `aws:t2.medium`) and `Standard_D4s_v5`. */
export const parseInstanceType = (text: string): Result.Result<InstanceType, string> => {
  const trimmed = text.trim()
  if (trimmed === "" || trimmed.length > 128) return Result.fail("an instance type has 1 to 128 characters")
  const colon = trimmed.indexOf(":")
  const provider = colon < 0 ? undefined : trimmed.slice(0, colon)
  if (provider !== undefined && !providerPattern.test(provider))
    return Result.fail(`${JSON.stringify(provider)} is no provider`)
  const written = trimmed.slice(colon + 1).trim()
  const name = written.toLowerCase().match(catalogue)?.slice(1).join(".") ?? written
  if (!namePattern.test(name)) return Result.fail(`${JSON.stringify(written)} is no instance type`)
  const [, family, size] = amazon.exec(name) ?? azure.exec(name) ?? []
  return Result.succeed({
    ...(provider === undefined ? {} : { provider: provider.toLowerCase() }),
    name,
    ...(family === undefined || size === undefined ? {} : { family, size })
  })
}

/** The name again, in the form that its provider takes. */
export const printInstanceType = ({ name, provider }: InstanceType): string =>
  provider === undefined ? name : `${provider}:${name}`

/** The name of a kind of machine as its provider offers it: `g6.2xlarge`, also where `aws:g6.2xlarge` is written. */
export const InstanceTypeText = parsed(Schema.String, {
  name: "instance type",
  allowed: "an instance type such as c5.xlarge, aws:g6.2xlarge or Standard_D4s_v5",
  parse: (written) => Result.map(parseInstanceType(String(written)), ({ name }) => name),
  print: (value) => value
})
