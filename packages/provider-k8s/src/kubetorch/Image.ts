import { defaultImage } from "./names.ts"

/** One step on top of a base image, done when the container starts, in the order of the list. */
export type Layer =
  | { readonly _tag: "Run"; readonly command: string }
  | { readonly _tag: "PipInstall"; readonly requirements: ReadonlyArray<string>; readonly force: boolean }
  | { readonly _tag: "Env"; readonly variables: Readonly<Record<string, string>> }
  | { readonly _tag: "Copy"; readonly source: string; readonly target: string }

/** A container image and what is done on top of it. Every step gives a new image and leaves the old as it was. */
export class Image {
  /** What is pulled. Undefined is the server's own image. */
  declare readonly reference: string | undefined
  declare readonly layers: ReadonlyArray<Layer>
  /** The Python that runs the server and installs packages. */
  declare readonly pythonPath: string | undefined

  private constructor(parts: Pick<Image, "reference" | "layers" | "pythonPath">) {
    Object.assign(this, parts)
  }

  /** An image without a base: the server's own, until one is given. */
  static empty(): Image {
    return new Image({ reference: undefined, layers: [], pythonPath: undefined })
  }

  /** Any image of any registry. */
  static fromDocker(reference: string): Image {
    return Image.empty().fromDocker(reference)
  }

  fromDocker(reference: string): Image {
    return new Image({ ...this, reference })
  }

  withPython(pythonPath: string): Image {
    return new Image({ ...this, pythonPath })
  }

  pipInstall(requirements: ReadonlyArray<string>, { force = false } = {}): Image {
    return this.#plus({ _tag: "PipInstall", requirements, force })
  }

  runBash(command: string): Image {
    return this.#plus({ _tag: "Run", command })
  }

  /** Variables that later steps and the service see; `$NAME` is expanded when the container starts. */
  setEnvVars(variables: Readonly<Record<string, string>>): Image {
    return this.#plus({ _tag: "Env", variables })
  }

  /** Files of this machine that are to be in the container before later steps. They are sent by `sync`. */
  copy(source: string, target: string): Image {
    return this.#plus({ _tag: "Copy", source, target })
  }

  #plus(layer: Layer): Image {
    return new Image({ ...this, layers: [...this.layers, layer] })
  }
}

/** The slim Python image of one version. */
const python = (version: string): Image => Image.fromDocker(`python:${version}-slim`)

/** Ready-made bases. */
export const images = {
  /** The server's own image on Debian. */
  Debian: (): Image => Image.fromDocker(defaultImage),
  Ubuntu: (): Image => Image.fromDocker("ghcr.io/run-house/ubuntu:v1"),
  python,
  Python310: (): Image => python("3.10"),
  Python311: (): Image => python("3.11"),
  Python312: (): Image => python("3.12"),
  /** NVIDIA's PyTorch image. */
  pytorch: (version = "23.12-py3"): Image => Image.fromDocker(`nvcr.io/nvidia/pytorch:${version}`),
  ray: (version = "latest"): Image => Image.fromDocker(`rayproject/ray:${version}`)
} as const
