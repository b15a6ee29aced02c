"""Writes builtin.txt: what a strategic merge patch has to know of the Kubernetes API.

Usage: builtin.py SWAGGER_JSON > builtin.txt

SWAGGER_JSON is the OpenAPI v2 document of Kubernetes v1.21.2, the one that kustomize bundles
(kyaml/openapi/kubernetesapi/v1_21_2). Only facts are taken: which lists merge, by which keys, and where they are.
Types that hold no such list, at any depth, are left out.
"""

import json
import sys

STRATEGY, KEY, KEYS = (f"x-kubernetes-{name}" for name in ("patch-strategy", "patch-merge-key", "list-map-keys"))


def target(schema):
    """The type that the fields of a value, of its items or of its values have."""
    inner = (schema.get("items") or [schema.get("additionalProperties")])[0] if "$ref" not in schema else schema
    return inner["$ref"].removeprefix("#/definitions/") if isinstance(inner, dict) and "$ref" in inner else None


def merge_keys(schema):
    """The keys of a list that merges, `=` when its items are the keys; none for any other list."""
    if "merge" not in (schema.get(STRATEGY) or "").split(",") or schema.get("type") != ["array"]:
        return None
    return ",".join(schema.get(KEYS) or [schema[KEY]] if KEY in schema else ["="])


def main():
    definitions = json.load(open(sys.argv[1]))["definitions"]
    fields = {
        name: {field: (merge_keys(s), target(s)) for field, s in (d.get("properties") or {}).items()}
        for name, d in definitions.items()
    }
    kept, size = set(), -1
    while size != len(kept):
        size = len(kept)
        kept |= {n for n, f in fields.items() if any(keys or to in kept for keys, to in f.values())}
    short = {name: name.removeprefix("io.k8s.").replace("apimachinery.pkg.apis.", "") for name in kept}
    for name in sorted(kept):
        print(f"type {short[name]}")
        for field, (keys, to) in sorted(fields[name].items()):
            if keys or to in kept:
                print(f"  {field} {keys or '-'} {short.get(to, '-')}")
        for kind in definitions[name].get("x-kubernetes-group-version-kind", []):
            version = "/".join(filter(None, (kind["group"], kind["version"])))
            print(f"kind {version} {kind['kind']}")


main()
