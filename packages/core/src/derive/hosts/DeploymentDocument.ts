import { Schema } from "effect"
import { derivedToken } from "../../decide/derivedToken.ts"
import { Deployment } from "../../model/Deployment.ts"
import { type InNamespace, saysNamespace } from "../../model/Namespace.ts"
import { PodTemplate } from "../../model/Pod.ts"
import { remembered } from "../../model/remembered.ts"
import type { Ref } from "../../service/Ref.ts"

/** The goal of one deployment, and where its pods were put: written before a pod is started, so that it is never started twice. */
export const DeploymentDocument = Schema.Struct({
  spec: Schema.toType(Deployment).pipe(Schema.refine(saysNamespace)),
  revision: Schema.Natural,
  /** Templates of all revisions that can be returned to, the current one last. */
  history: Schema.Array(Schema.Struct({ revision: Schema.Natural, template: Schema.toType(PodTemplate) })),
  pods: Schema.Record(
    Schema.String,
    Schema.Struct({ node: Schema.String, createdAtMs: Schema.Int, leaving: Schema.Boolean })
  ),
  deleting: Schema.Boolean
})
export type DeploymentDocument = typeof DeploymentDocument.Type

/** Revisions that are kept to return to. */
const historyMax = 10

/** Where the deployment's goal is kept. */
export const deploymentKey = ({ name, namespace }: InNamespace<Ref>): string => `deployment/${namespace}/${name}`

const hashOf = remembered((template: PodTemplate): string =>
  derivedToken([
    JSON.stringify(template, (_key, value) =>
      typeof value === "object" && value !== null && !Array.isArray(value)
        ? Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)))
        : value
    )
  ]).slice(0, 8)
)

/** A fingerprint of what is run; part of the pods' names. Objects are the same whatever the order of their keys. */
export const revisionHash = ({ spec: { template } }: DeploymentDocument): string => hashOf(template)

/** The document with another spec; a new template is a new revision. */
export const withSpec = (document: DeploymentDocument, wanted: InNamespace<Deployment>): DeploymentDocument => {
  const spec = structuredClone(wanted)
  const changed = { ...document, spec }
  if (revisionHash(changed) === revisionHash(document)) return changed
  const revision = document.revision + 1
  const history = [...document.history, { revision, template: spec.template }].slice(-historyMax)
  return { ...changed, revision, history }
}

/** A deployment nobody has asked for before. */
export const firstDocument = (spec: InNamespace<Deployment>): DeploymentDocument => ({
  spec: structuredClone(spec),
  revision: 1,
  history: [{ revision: 1, template: spec.template }],
  pods: {},
  deleting: false
})
