import { because, type ComputeError, type Deployment, InvalidInput, type PodTemplate, type Problem } from "@orrery/core"
import { Effect } from "effect"
import { ofSelector, problemsOfPod } from "../pods/problemsOfPod.ts"
import { ofKey, problemIf } from "../pods/problemsOfText.ts"

/** All annotations of one thing together may be so long. */
const annotationsBytesMax = 262_144

const ofAnnotations = (path: string, annotations: PodTemplate["annotations"]): ReadonlyArray<Problem> => {
  const entries = Object.entries(annotations)
  const bytes = entries.reduce((sum, pair) => sum + Buffer.byteLength(pair.join("")), 0)
  return [
    // the server compares keys without their case
    ...entries.flatMap(([key]) => ofKey(`${path}.${key}`, key)),
    ...entries.flatMap(([key, value]) =>
      problemIf(!value.isWellFormed(), `${path}.${key}`, "it contains half a character", "encode it")
    ),
    ...problemIf(
      bytes > annotationsBytesMax,
      path,
      `${bytes} bytes are more than the ${annotationsBytesMax} that annotations may have`,
      "keep large text in a config map"
    )
  ]
}

const ofShare = (path: string, share: string): ReadonlyArray<Problem> =>
  problemIf(
    share.endsWith("%") && Number(share.slice(0, -1)) > 100,
    path,
    `${share} is more than all of them`,
    "write at most 100%"
  )

/** What an API server would not take of a deployment, beyond what no backend takes. */
export const problemsOf = ({ selector, strategy, template }: Deployment): ReadonlyArray<Problem> => [
  ...ofSelector("selector", selector),
  ...(strategy.type === "RollingUpdate" ? ofShare("strategy.maxUnavailable", strategy.maxUnavailable) : []),
  ...ofAnnotations("template.annotations", template.annotations),
  ...problemsOfPod("template.spec", template.spec)
]

/** Fails with all that is wrong, before anything is sent. */
export const refuse = (operation: string, problems: ReadonlyArray<Problem>): Effect.Effect<void, ComputeError> =>
  problems.length === 0
    ? Effect.void
    : Effect.fail(because(new InvalidInput({ backend: "kubernetes", operation, problems })))
