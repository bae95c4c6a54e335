import { exportLine, hasReference, quoted, unescaped } from "./expansion.ts"
import type { Image, Layer } from "./Image.ts"
import { serverPort } from "./names.ts"

const lines = (layer: Layer): ReadonlyArray<string> => {
  switch (layer._tag) {
    case "Run":
      return [layer.command]
    case "PipInstall":
      return layer.requirements.map((requirement) => pipLine(requirement, layer.force))
    case "Env":
      return Object.entries(layer.variables).map(([name, value]) => exportLine(name, value))
    case "Copy":
      return [`until [ -e ${quoted(layer.target)} ]; do sleep 1; done`]
  }
}

// Each word is quoted, because `numpy>=1.20` bare would write pip's output to a file called `=1.20`.
const pipLine = (requirement: string, force: boolean): string => {
  const words = requirement.trim().split(/\s+/).map(quoted).join(" ")
  return `\${KT_PIP_INSTALL_CMD:-python -m pip install}${force ? " --force-reinstall" : ""} ${words}`
}

/** What a container runs: the image's layers in order, variables that name others, then the server. Any step that fails ends it. */
export const startScript = (image: Image | undefined, envVars: Readonly<Record<string, string>>): string => {
  const python = image?.pythonPath
  return [
    "set -e",
    ...(python === undefined ? [] : [`export KT_PYTHON_PATH=${quoted(python)}`]),
    ...(image?.layers ?? []).flatMap(lines),
    ...Object.entries(envVars).flatMap(([name, value]) => (hasReference(value) ? [exportLine(name, value)] : [])),
    `exec kubetorch server start --port ${serverPort}`
  ].join("\n")
}

/** The variables that go into the manifest as they are; those that name others are set by the start script. */
export const plainVariables = (envVars: Readonly<Record<string, string>>): ReadonlyArray<readonly [string, string]> =>
  Object.entries(envVars).flatMap(([name, value]) => (hasReference(value) ? [] : [[name, unescaped(value)] as const]))
