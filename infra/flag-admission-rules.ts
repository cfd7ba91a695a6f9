import { statusSuffix } from "@forecast-stack/flags/exposures.ts";
import type { FlagDefinition, FlagDefinitions } from "@forecast-stack/flags/flag-definition.ts";
import { noteAnnotation } from "@forecast-stack/flags/overrides.ts";
import { requestAnnotation } from "@forecast-stack/rollouts/request.ts";

/** A rule of a ValidatingAdmissionPolicy. */
export interface AdmissionRule {
  /** CEL that is true for what may be written. */
  readonly expression: string;
  /** Said when the sentence itself cannot be made, for example because it would be too long. */
  readonly message: string;
  /** CEL that makes the sentence of a refusal. */
  readonly messageExpression: string;
}

/**
 * What the rules stand on: the keys and the notes that a request changes. What
 * was there before is never judged, so that a leftover of another release keeps
 * nobody from turning another flag.
 *
 * @param notes what the names of the annotations that are notes begin with
 */
export function admissionVariables(notes: string): { readonly name: string; readonly expression: string }[] {
  return [
    { name: "before", expression: "oldObject != null && has(oldObject.data) ? oldObject.data : {}" },
    { name: "changed", expression: "has(object.data) ? object.data.filter(key, !(key in variables.before) || variables.before[key] != object.data[key]) : []" },
    { name: "notesBefore", expression: "oldObject != null && has(oldObject.metadata.annotations) ? oldObject.metadata.annotations : {}" },
    {
      name: "notes",
      expression: `has(object.metadata.annotations) ? object.metadata.annotations.filter(key, key.startsWith(${cel(notes)}) && (!(key in variables.notesBefore) || variables.notesBefore[key] != object.metadata.annotations[key])) : []`,
    },
  ];
}

/** The names of the notes on overrides and of the requests of rollouts begin with these. */
export const notePrefixes = { overrides: noteAnnotation(""), rollouts: requestAnnotation("") } as const;

/** What may be written into the overrides map: known flags, values that they can have, and notes in the name of who writes. */
export function overrideRules(definitions: FlagDefinitions): AdmissionRule[] {
  const names = Object.keys(definitions).sort();
  const known = `[${names.map(cel).join(", ")}]`;
  return [
    {
      expression: `variables.changed.all(key, key in ${known})`,
      message: `There is no such flag. The flags are ${names.join(", ")}.`,
      messageExpression: `'There is no flag ' + variables.changed.filter(key, !(key in ${known})).join(', ') + ${cel(`. The flags are ${names.join(", ")}.`)}`,
    },
    ...names.flatMap((name) => (definitions[name] === undefined ? [] : [valueRule(name, definitions[name])])),
    noteRule("A note on an override", "forecastctl flags set"),
  ];
}

/** What may be written into the rollouts map: known flags, as far as it can be known without reading YAML, and requests in the name of who writes. */
export function rolloutRules(definitions: FlagDefinitions): AdmissionRule[] {
  const names = Object.keys(definitions).sort();
  const ofUnknownFlag = `object.data[key].matches('(?m)^flag:') && !object.data[key].matches(${cel(`(?m)^flag:[ \\t]*["']?(${names.join("|")})["']?[ \\t]*(#.*)?\\r?$`)})`;
  const specifications = `variables.changed.filter(key, !key.endsWith(${cel(statusSuffix)}))`;
  return [
    {
      expression: `${specifications}.all(key, !(${ofUnknownFlag}))`,
      message: `A rollout is of a flag that does not exist. The flags are ${names.join(", ")}.`,
      messageExpression: `'The rollout ' + ${specifications}.filter(key, ${ofUnknownFlag}).join(', ') + ${cel(` is of a flag that does not exist. The flags are ${names.join(", ")}.`)}`,
    },
    noteRule("A request of a rollout", "forecastctl rollout"),
  ];
}

/** The same values as parseFlagText takes; a test compares the two. */
function valueRule(name: string, flag: FlagDefinition): AdmissionRule {
  const value = `object.data[${cel(name)}]`;
  const { test, allowed } = allowedValues(flag, value);
  return {
    expression: `!(${cel(name)} in variables.changed) || (${test})`,
    message: `${name} must be ${allowed}.`,
    messageExpression: `${cel(`${name} is "`)} + ${value} + ${cel(`": it must be ${allowed}.`)}`,
  };
}

function allowedValues(flag: FlagDefinition, value: string): { readonly test: string; readonly allowed: string } {
  switch (flag.type) {
    case "boolean":
      return { test: `${value}.trim() in ['true', 'false']`, allowed: "true or false" };
    case "number":
      return { test: `${value}.trim().matches(${cel("^-?([0-9]+\\.?[0-9]*|\\.[0-9]+)$")}) && double(${value}.trim()) >= double(${flag.minimum}) && double(${value}.trim()) <= double(${flag.maximum})`, allowed: `a number from ${flag.minimum} to ${flag.maximum}` };
    case "string": {
      const values = Object.values(flag.variants);
      return { test: `${value}.trim() in [${values.map(cel).join(", ")}]`, allowed: values.join(", ") };
    }
  }
}

/**
 * A note begins with the name of who writes it, as the API server knows them,
 * and says no other: whoever reads it can then believe it. A letter that is
 * escaped could spell a second name; an escaped backslash before a u, as in a
 * path, escapes no letter.
 */
function noteRule(what: string, writer: string): AdmissionRule {
  const start = `'{"by":"' + request.userInfo.username.replace(${cel("\\")}, ${cel("\\\\")}).replace('"', ${cel('\\"')}) + '",'`;
  const note = "object.metadata.annotations[key]";
  return {
    expression: `variables.notes.all(key, ${note}.startsWith(${start}) && !${note}.substring(size(${start})).contains('"by"') && !${note}.replace(${cel("\\\\")}, '').contains(${cel("\\u")}))`,
    message: `${what} must be in the name of who writes it.`,
    messageExpression: `${cel(`${what} must be in the name of who writes it, which is `)} + request.userInfo.username + ${cel(`, and without escaped letters. ${writer} writes one.`)}`,
  };
}

/** A text as CEL spells it. */
function cel(text: string): string {
  return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
}
