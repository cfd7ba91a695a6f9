/** One resource as the program declared it: what the golden files hold and the tests look at. */
export interface RenderedResource {
  /** Such as `kubernetes:apps/v1:Deployment`. */
  readonly type: string;
  readonly name: string;
  /** Name of the component under which it stands. */
  readonly component: string;
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly options: RenderedOptions;
}

export interface RenderedOptions {
  readonly protect?: boolean;
  readonly retainOnDelete?: boolean;
  readonly ignoreChanges?: readonly string[];
  /** `type::name` of what must be there before. */
  readonly dependsOn?: readonly string[];
  readonly customTimeouts?: Readonly<Record<string, string>>;
}
