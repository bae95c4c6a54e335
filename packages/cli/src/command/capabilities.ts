import { type Capabilities, type Feature, features, type Support } from "@orrery/core"
import { Console, Effect } from "effect"
import { type Format, printRows } from "../output/Row.ts"
import { connect } from "./flags.ts"

const inWords = (support: Support): string => {
  switch (support._tag) {
    case "Native":
      return "yes"
    case "Emulated":
      return `emulated: ${support.cost}`
    case "Absent":
      return `no: ${support.why}`
  }
}

/** What a backend offers, feature by feature: the best that any of its services answers. */
export const printCapabilities = Effect.fnUntraced(function* (output: Format) {
  const backend = yield* connect()
  const services = yield* Effect.forEach(
    [backend.clusters, backend.containers, backend.scheduler] as ReadonlyArray<
      Effect.Effect<{ readonly capabilities: Capabilities }, unknown>
    >,
    Effect.result
  )
  const answers = services.flatMap((one) => (one._tag === "Success" ? [one.success.capabilities] : []))
  const best = (feature: Feature): Support | undefined =>
    answers.map((capabilities) => capabilities[feature]).toSorted((a, b) => rank(a) - rank(b))[0]
  const rows = (Object.keys(features) as ReadonlyArray<Feature>).flatMap((feature) => {
    const support = best(feature)
    return support === undefined
      ? []
      : [{ name: feature, cells: [feature, inWords(support), features[feature]], document: { feature, ...support } }]
  })
  const titles = ["FEATURE", "OFFERED", "MEANING"].map((title) => ({ title, wide: title === "MEANING" }))
  yield* printRows({ singular: "capability", plural: "capabilities", titles }, rows, output, false)
  if (output === "table") yield* Console.error(`${backend.name}: -o wide also says what each feature means`)
})

const rank = ({ _tag }: Support): number => ["Native", "Emulated", "Absent"].indexOf(_tag)
