import type { Problem } from "@orrery/core"
import { Console, Effect, Option } from "effect"
import { Command, Flag } from "effect/cli"
import { filesIn } from "../input/filesIn.ts"
import { InputError } from "../input/InputError.ts"
import { readText } from "../input/readText.ts"
import { printJson, printYaml } from "../output/printDocument.ts"
import { table } from "../output/table.ts"
import { filesFlag, printedAs } from "./flags.ts"

const sourceOf = (file: string) => Effect.map(readText(file), (text) => ({ file, text }))

/** Places the pods of ordinary Kubernetes manifests as the real scheduler would, and says why. */
export const place = Command.make(
  "place",
  {
    files: filesFlag,
    profile: Flag.Literals("profile", ["kube"]).pipe(
      Flag.withDefault("kube" as const),
      Flag.withDescription("Whose scheduler")
    ),
    configuration: Flag.String("configuration").pipe(
      Flag.optional,
      Flag.withDescription("A KubeSchedulerConfiguration, where it is not among the files")
    ),
    follow: Flag.String("follow").pipe(
      Flag.optional,
      Flag.withDescription("Lines of {pod, node, victims?} to keep to; says where they differ")
    ),
    seed: Flag.Int("seed").pipe(
      Flag.optional,
      Flag.withDescription("Draw among equally good nodes from this seed; left out, the first is taken")
    ),
    ignoreUnknown: Flag.Boolean("ignore-unknown").pipe(
      Flag.withDefault(false),
      Flag.withDescription("Skip what the profile does not model, rather than refuse it")
    )
  },
  Effect.fn("cli.place")(function* ({ configuration, files, follow, ignoreUnknown, seed }) {
    const output = yield* printedAs("table", "json", "yaml")
    const sources = yield* Effect.forEach((yield* Effect.forEach(files, filesIn)).flat(), sourceOf)
    const [configured] = yield* Effect.forEach(Option.toArray(configuration), sourceOf)
    const [followed] = yield* Effect.forEach(Option.toArray(follow), sourceOf)
    const { placeManifests } = yield* Effect.promise(() => import("@orrery/simulator"))
    const { placements, problems } = placeManifests(sources, {
      ignoreUnknown,
      ...(configured === undefined ? {} : { configuration: configured }),
      ...(followed === undefined ? {} : { follow: followed }),
      ...(Option.isSome(seed) ? { ties: { kind: "seeded", seed: seed.value } } : {})
    })
    if (placements === undefined) return yield* new InputError({ problems: problems satisfies ReadonlyArray<Problem> })
    if (output === "json") return yield* printJson(placements)
    if (output === "yaml") return yield* printYaml([placements])
    yield* Console.log(
      table(
        ["POD", "NODE", "WHY"],
        placements.map(({ differs, message, node, pod, victims }) => [
          pod,
          node ?? "-",
          differs ?? message ?? (victims === undefined ? "" : `in place of ${victims.join(", ")}`)
        ])
      )
    )
  })
).pipe(
  Command.withDescription("Place pods as a real scheduler would, and say why"),
  Command.withExamples([{ command: "compute place --profile kube -f objects.yaml -o json" }])
)
