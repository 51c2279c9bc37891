"""
Hooks of `npm run check:documents`: what Schemathesis cannot read in a document, in one place. Its own checks of the same
names are off.
"""

import json
import os
import re

import schemathesis
from schemathesis.core.failures import Failure
from schemathesis.core.parameters import ParameterLocation
from schemathesis.specs.openapi import checks

with open(os.environ["HOORY_MEANINGS"], encoding="utf-8") as file:
    MEANINGS = re.compile("|".join(json.load(file).values()))
KNOWN = json.loads(os.environ["HOORY_KNOWN"])
# Fields of which older clients send a second type: the document tells it in words, so that generated clients have one type.
OLDER = re.compile(r"\b(attribute_display_type|attribute_model|before|bot_type|echo_id|external_created_at|filter_type)\b")


@schemathesis.hook
def before_call(ctx, case, kwargs):
    """Paths name what there is, unless they are meant to be wrong: made-up names would never get past 404."""
    path = case.meta.components.get(ParameterLocation.PATH) if case.meta else None
    if path is None or not path.mode.is_negative:
        for name in case.path_parameters:
            known = KNOWN.get(case.operation.path if name == "id" else name)
            if known is not None:
                case.path_parameters[name] = known


@schemathesis.check
def valid_is_taken(ctx, response, case):
    """A valid request may be refused for what it means, which no schema can say."""
    try:
        return checks.positive_data_acceptance(ctx, response, case)
    except Failure:
        if response.status_code in (400, 422) and MEANINGS.search(response.text):
            return None
        # A form whose parts have no name, or are too many; the Client API has no text at 400.
        if response.status_code == 400 and case.media_type == "multipart/form-data":
            return None
        raise


@schemathesis.check
def invalid_is_refused(ctx, response, case):
    """
    The fields of a form are text, which has no type to be wrong; the server reads it as the type of the field. A blank of a query
    and a blank body are nothing, and so is null as a body.
    """
    if case.media_type == "multipart/form-data" or "" in (case.query or {}).values():
        return None
    if isinstance(response.request.body, bytes) and response.request.body.strip() in (b"", b"null"):
        return None
    try:
        return checks.negative_data_rejection(ctx, response, case)
    except Failure as failure:
        if OLDER.search(failure.message):
            return None
        raise
