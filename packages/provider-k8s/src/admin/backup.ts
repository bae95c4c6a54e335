import { because, Conflict, InvalidInput, type Problem } from "@orrery/core"
import { Effect, Stream } from "effect"
import { parseYaml, printYaml } from "../Client.ts"
import { apply } from "../objects/apply.ts"
import { bear } from "../objects/bear.ts"
import { isMine, mine, selectorText } from "../objects/labels.ts"
import { list } from "../objects/list.ts"
import { find } from "../objects/stored.ts"
import type { WireObject } from "../objects/wire.ts"
import { type Kept, keptKinds, keptPath } from "./kept.ts"
import { ownFields } from "./ownFields.ts"

/** A thing as a file says it. */
interface Document extends WireObject {
  readonly apiVersion?: string
  readonly kind?: string
}

interface WithConditions extends WireObject {
  readonly status?: { readonly conditions?: ReadonlyArray<{ readonly type: string; readonly status: string }> }
}

/** A job that is over would run again where it is made anew. */
const isOver = (kind: string, { status }: WithConditions): boolean =>
  kind === "Job" &&
  (status?.conditions?.some(({ status: holds, type }) => /^(Complete|Failed)$/.test(type) && holds === "True") ?? false)

/** What of a thing is ours to say; nothing where somebody else made it and only bears our mark. */
const documentsOf = ({ apiVersion, kind }: Kept, thing: WireObject): ReadonlyArray<Document> => {
  const own = ownFields(thing) as Document
  const { name = "", namespace } = thing.metadata ?? {}
  const metadata = { ...own.metadata, name, ...(namespace === undefined ? {} : { namespace }) }
  return isMine(own) ? [{ ...own, apiVersion, kind, metadata }] : []
}

/** Kinds that this cluster does not know have no things here; whoever may not see some learns of it. */
const thingsOf = (kept: Kept) =>
  Stream.runCollect(
    list<WithConditions>({
      operation: "exportCluster",
      kind: kept.kind,
      name: "",
      path: keptPath(kept),
      query: { labelSelector: selectorText({ [mine.key]: mine.value }) }
    })
  ).pipe(
    Effect.catchIf(
      ({ reason }) => reason._tag === "NotFound",
      () => Effect.succeed<ReadonlyArray<WithConditions>>([])
    ),
    Effect.map((things) =>
      things.filter((thing) => !isOver(kept.kind, thing)).flatMap((thing) => documentsOf(kept, thing))
    )
  )

const heading = "# What Orrery keeps on a cluster. Secrets are not in it: make them before this is imported.\n"

/** Everything that is ours, as YAML that makes it anew, here or elsewhere: what we asked for, nothing that the cluster added. */
export const exportCluster = Effect.gen(function* () {
  const things = (yield* Effect.forEach(keptKinds, (kept) => bear(thingsOf(kept)), { concurrency: 4 })).flat()
  return heading + things.map((thing) => `---\n${printYaml(thing)}`).join("")
}).pipe(Effect.withSpan("kubernetes.exportCluster"))

const nameOf = ({ kind = "", metadata }: Document): string =>
  `${kind} ${metadata?.namespace === undefined ? "" : `${metadata.namespace}/`}${metadata?.name ?? ""}`

const keptOf = ({ apiVersion, kind }: Document): Kept | undefined =>
  keptKinds.find((kept) => kept.apiVersion === apiVersion && kept.kind === kind)

const problemsOf = (documents: ReadonlyArray<Document>): ReadonlyArray<Problem> =>
  documents.flatMap((document, index) => {
    const path = `document ${index + 1}`
    if (keptOf(document) === undefined)
      return [
        {
          path,
          message: `${document.apiVersion ?? "no apiVersion"} ${document.kind ?? "no kind"} is no kind that an export holds`,
          remedy: "import what `exportCluster` gave; apply other manifests with kubectl"
        }
      ]
    if (document.metadata?.name === undefined) return [{ path: `${path}: metadata.name`, message: "there is no name" }]
    return isMine(document)
      ? []
      : [{ path, message: `${nameOf(document)} does not carry our mark, ${mine.key}=${mine.value}` }]
  })

const refuse = (problems: ReadonlyArray<Problem>) =>
  because(new InvalidInput({ backend: "kubernetes", operation: "importCluster", problems }))

const callOf = (kept: Kept, { metadata }: Document) => ({
  operation: "importCluster",
  kind: kept.kind,
  name: metadata?.name ?? "",
  path: keptPath(kept, metadata?.namespace ?? "default", metadata?.name)
})

/** Makes everything of an export that is not there, and sets what differs. Refuses all of it, before anything is done, where it cannot be. */
export const importCluster = Effect.fn("kubernetes.importCluster")(function* (yaml: string) {
  const documents = yield* Effect.try({
    try: () => parseYaml(yaml).filter((document) => document !== null) as ReadonlyArray<Document>,
    catch: (cause) => refuse([{ path: "yaml", message: String(cause) }])
  })
  const problems = problemsOf(documents)
  if (problems.length > 0) return yield* refuse(problems)
  const wanted = documents.flatMap((document) => {
    const kept = keptOf(document)
    return kept === undefined ? [] : [{ kept, document }]
  })
  for (const { document, kept } of wanted) {
    const found = yield* bear(find<WireObject>(callOf(kept, document)))
    if (found !== undefined && !isMine(found))
      return yield* because(
        new Conflict({
          backend: "kubernetes",
          operation: "importCluster",
          kind: kept.kind,
          name: document.metadata?.name ?? "",
          detail: "somebody else made one of this name"
        })
      )
  }
  for (const { document, kept } of wanted) yield* bear(apply({ ...callOf(kept, document), body: document }))
  return wanted.map(({ document }) => nameOf(document))
})
