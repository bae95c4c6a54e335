import {
  because,
  Conflict,
  type Goal,
  InvalidInput,
  NotFound,
  parseGoal,
  printGoal,
  Stale,
  type StoredGoal,
  Unclassified
} from "@orrery/core"
import { Effect, Result } from "effect"
import {
  Client,
  CreateLaunchTemplateCommand,
  CreateLaunchTemplateVersionCommand,
  DeleteLaunchTemplateCommand,
  DeleteLaunchTemplateVersionsCommand,
  DescribeLaunchTemplateVersionsCommand,
  type LaunchTemplate,
  ModifyLaunchTemplateCommand,
  paginateDescribeLaunchTemplates
} from "./Client.ts"
import { mine, readTag, tagOf, toTags } from "./tags.ts"

// A cluster's goal lies in the user data of a launch template of its own: the one EC2 document that is made under a unique
// name, with its marks, in a single call, and that counts its versions.

/** EC2 takes user data of 16 KiB. */
const goalBytesMax = 16_384
const templateName = (cluster: string) => `orrery-${cluster}`
const data = (goal: Goal) => ({ UserData: Buffer.from(printGoal(goal), "utf8").toString("base64") })

/** Default and latest version: the default one is the goal, a later one is a write that was not finished. */
const versionOf = ({ DefaultVersionNumber = 0, LatestVersionNumber = 0 }: LaunchTemplate) =>
  `${DefaultVersionNumber}.${LatestVersionNumber}`

const templates = Effect.fnUntraced(function* (cluster?: string) {
  const client = yield* Client
  return yield* client.call("goals", cluster ?? "launch templates", async (ec2, abortSignal) => {
    const found: Array<LaunchTemplate> = []
    const Filters = [
      { Name: `tag:${mine.key}`, Values: [mine.value] },
      ...(cluster === undefined ? [] : [{ Name: `tag:${tagOf.cluster}`, Values: [cluster] }])
    ]
    for await (const page of paginateDescribeLaunchTemplates({ client: ec2 }, { Filters }, { abortSignal }))
      found.push(...(page.LaunchTemplates ?? []))
    return found
  })
})

const load = Effect.fnUntraced(function* (template: LaunchTemplate) {
  const client = yield* Client
  const name = template.LaunchTemplateName ?? ""
  const reply = yield* client.call("goals", name, (ec2, abortSignal) =>
    ec2.send(
      new DescribeLaunchTemplateVersionsCommand({
        LaunchTemplateId: template.LaunchTemplateId,
        Versions: [String(template.DefaultVersionNumber ?? 1)]
      }),
      { abortSignal }
    )
  )
  const text = reply.LaunchTemplateVersions?.[0]?.LaunchTemplateData?.UserData
  const goal = parseGoal(Buffer.from(text ?? "", "base64").toString("utf8"))
  return Result.isSuccess(goal)
    ? { goal: goal.success, version: versionOf(template) }
    : yield* because(
        new Unclassified({
          backend: "aws",
          operation: "goals",
          detail: `launch template ${name} holds no goal: ${goal.failure}`
        })
      )
})

/** All our clusters' goals. */
export const listGoals: Effect.Effect<
  ReadonlyArray<StoredGoal>,
  Effect.Error<ReturnType<typeof load>>,
  Client
> = Effect.suspend(() => templates().pipe(Effect.flatMap((found) => Effect.forEach(found, load, { concurrency: 4 }))))

/** One cluster's goal; undefined where there is none. */
export const readGoal = Effect.fn("aws.readGoal")(function* (cluster: string) {
  const [template] = yield* templates(cluster)
  return template === undefined ? undefined : yield* load(template)
})

/** Writes a goal on condition that nobody else has written since `expected` was read. */
export const writeGoal = Effect.fn("aws.writeGoal")(function* (goal: Goal, expected: string | undefined) {
  const size = Buffer.byteLength(printGoal(goal))
  if (size > goalBytesMax)
    return yield* because(
      new InvalidInput({
        backend: "aws",
        operation: "goals",
        problems: [
          {
            path: "cluster",
            message: `its description is ${size} bytes, EC2 keeps at most ${goalBytesMax}`,
            remedy: "use fewer pools or shorter labels, or split the cluster"
          }
        ]
      })
    )
  return yield* expected === undefined ? create(goal) : replace(goal, expected)
})

const create = Effect.fnUntraced(function* (goal: Goal) {
  const client = yield* Client
  const name = templateName(goal.spec.name)
  const reply = yield* client
    .call("goals", name, (ec2, abortSignal) =>
      ec2.send(
        new CreateLaunchTemplateCommand({
          LaunchTemplateName: name,
          LaunchTemplateData: data(goal),
          TagSpecifications: [
            { ResourceType: "launch-template", Tags: toTags({ Name: name, [tagOf.cluster]: goal.spec.name }) }
          ]
        }),
        { abortSignal }
      )
    )
    .pipe(
      Effect.catchIf(
        (error) => error.reason._tag === "Conflict",
        () => taken(goal.spec.name)
      )
    )
  return { goal, version: versionOf(reply.LaunchTemplate ?? {}) }
})

/** The name exists already: as ours it is news to the caller, as somebody else's it is in the way. */
const taken = Effect.fnUntraced(function* (cluster: string) {
  const [ours] = yield* templates(cluster)
  const at = { backend: "aws", operation: "goals" }
  return yield* because(
    ours === undefined
      ? new Conflict({
          ...at,
          kind: "launch template",
          name: templateName(cluster),
          detail: "it is there and not ours"
        })
      : new Stale({ ...at, detail: `the goal of ${cluster} was written meanwhile` })
  )
})

const replace = Effect.fnUntraced(function* (goal: Goal, expected: string) {
  const client = yield* Client
  const cluster = goal.spec.name
  const at = { backend: "aws", operation: "goals" }
  const [template] = yield* templates(cluster)
  if (template === undefined) return yield* because(new NotFound({ ...at, kind: "cluster", name: cluster }))
  const stale = because(new Stale({ ...at, detail: `the goal of ${cluster} was written meanwhile` }))
  if (versionOf(template) !== expected) return yield* stale
  const id = template.LaunchTemplateId
  const staged = yield* client.call("goals", cluster, (ec2, abortSignal) =>
    ec2.send(new CreateLaunchTemplateVersionCommand({ LaunchTemplateId: id, LaunchTemplateData: data(goal) }), {
      abortSignal
    })
  )
  const version = staged.LaunchTemplateVersion?.VersionNumber ?? 0
  if (version !== (template.LatestVersionNumber ?? 0) + 1) {
    yield* client.call("goals", cluster, (ec2, abortSignal) =>
      ec2.send(new DeleteLaunchTemplateVersionsCommand({ LaunchTemplateId: id, Versions: [String(version)] }), {
        abortSignal
      })
    )
    return yield* stale
  }
  const reply = yield* client.call("goals", cluster, (ec2, abortSignal) =>
    ec2.send(new ModifyLaunchTemplateCommand({ LaunchTemplateId: id, DefaultVersion: String(version) }), {
      abortSignal
    })
  )
  return {
    goal,
    version: versionOf({ ...reply.LaunchTemplate, LatestVersionNumber: version, DefaultVersionNumber: version })
  }
})

/** Removes a goal, and with it the cluster's last trace. */
export const removeGoal = Effect.fn("aws.removeGoal")(function* (cluster: string) {
  const client = yield* Client
  for (const template of yield* templates(cluster))
    if (readTag(template.Tags, tagOf.cluster) === cluster)
      yield* client
        .call("goals", cluster, (ec2, abortSignal) =>
          ec2.send(new DeleteLaunchTemplateCommand({ LaunchTemplateId: template.LaunchTemplateId }), { abortSignal })
        )
        .pipe(
          Effect.catchIf(
            (error) => error.reason._tag === "NotFound",
            () => Effect.void
          )
        )
})
