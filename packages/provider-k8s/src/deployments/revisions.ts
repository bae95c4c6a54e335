import type { PodTemplate } from "@orrery/core"
import { Effect, Stream } from "effect"
import { labelOf, selectorText } from "../objects/labels.ts"
import { list } from "../objects/list.ts"
import { replicaSetsPath } from "../objects/paths.ts"
import type { WireDeployment, WireReplicaSet } from "../objects/wire.ts"
import { fromTemplate, revisionAnnotation } from "../translate/deployment.ts"

/** A version of a deployment, out of the ReplicaSet that Kubernetes keeps of it. */
interface KeptRevision {
  readonly revision: number
  /** A version that was returned to is counted anew; these are its numbers before. */
  readonly earlier: ReadonlyArray<number>
  readonly template: PodTemplate
}

/** The annotation of a ReplicaSet with the revisions it was before, commas between them. */
const earlierAnnotation = "deployment.kubernetes.io/revision-history"

const toRevision = ({ metadata, spec }: WireReplicaSet): ReadonlyArray<KeptRevision> => {
  const { [revisionAnnotation]: revision, [earlierAnnotation]: earlier = "" } = metadata?.annotations ?? {}
  return spec?.template === undefined || revision === undefined
    ? []
    : [
        {
          revision: Number(revision),
          earlier: earlier.split(",").map(Number),
          template: fromTemplate(spec.template)
        }
      ]
}

/** All versions of a deployment that can be returned to, newest first. */
export const revisionsOf = (operation: string, deployment: WireDeployment) => {
  const { name = "", namespace = "default", uid } = deployment.metadata ?? {}
  return Stream.runCollect(
    list<WireReplicaSet>({
      operation,
      kind: "deployment",
      name,
      path: replicaSetsPath(namespace),
      query: { labelSelector: selectorText({ [labelOf.deployment]: name }) }
    })
  ).pipe(
    Effect.map((sets) =>
      sets
        .filter(({ metadata }) => metadata?.ownerReferences?.some((owner) => owner.uid === uid))
        .flatMap(toRevision)
        .toSorted((a, b) => b.revision - a.revision)
    )
  )
}

/** The version that bears this number, or bore it before it was returned to. */
export const findRevision = (all: ReadonlyArray<KeptRevision>, wanted: number): KeptRevision | undefined =>
  all.find(({ revision }) => revision === wanted) ?? all.find(({ earlier }) => earlier.includes(wanted))
