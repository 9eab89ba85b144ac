"""Starts MiniStack 1.4.21 with two corrections.

A function learns the ARN that it was invoked by. AWS puts the ARN, with the alias, into the invocation's context. MiniStack's worker for Node.js reads it from the
event's member `_arn` and removes that member, but nothing in MiniStack sets it. Portcullis tells its callers apart by
the alias, so it refuses invocations without one.

A rule may send events to the event bus of another region of the account. MiniStack accepts such a target and drops the
events. EventBridge delivers them, with the region that they come from.
"""

import inspect

from ministack import app
from ministack.core import lambda_runtime
from ministack.core.responses import get_account_id, get_region, request_scope
from ministack.services import eventbridge, lambda_svc

if "event._arn" not in inspect.getsource(lambda_runtime) or '"_arn"' in inspect.getsource(lambda_svc):
    raise SystemExit("MiniStack passes the ARN in another way than 1.4.21: correct or remove this file.")

if "fail delivery here" not in inspect.getsource(eventbridge._target_matches_request_scope):
    raise SystemExit("MiniStack delivers to other regions in another way than 1.4.21: correct this file.")

invoke = lambda_svc._invoke
record_for_qualifier = lambda_svc._effective_func_record_for_qualifier
execute = lambda_svc._execute_function_warm
dispatch_to_event_bus = eventbridge._dispatch_to_event_bus


async def invoke_with_arn(name, event, headers, path_qualifier=None, query_params=None):
    """Lambda's Invoke, which looks up the alias by itself."""
    qualifier = path_qualifier or lambda_svc._qp_first(query_params or {}, "Qualifier")
    if qualifier and isinstance(event, dict):
        event["_arn"] = f"{lambda_svc._func_arn(name)}:{qualifier}"
    return await invoke(name, event, headers, path_qualifier, query_params)


def record_with_arn(func, qualifier):
    """EventBridge, SNS and event source mappings: the record of an alias has the ARN of the alias."""
    record, config = record_for_qualifier(func, qualifier)
    if config is None or qualifier not in func["aliases"]:
        return record, config
    config = {**config, "FunctionArn": func["aliases"][qualifier]["AliasArn"]}
    return {**record, "config": config}, config


def execute_with_arn(func, event):
    """Every execution: the ARN that Invoke has set, or that of the record."""
    if isinstance(event, dict):
        event.setdefault("_arn", (func.get("config") or func)["FunctionArn"])
    return execute(func, event)


def dispatch_to_any_region(spec, event, rule, event_path, target_input_payload=None):
    """EventBridge: the bus of another region gets the event as that region's own rules would see it."""
    if spec.account_id != get_account_id() or spec.region == get_region():
        return dispatch_to_event_bus(spec, event, rule, event_path, target_input_payload)
    with request_scope(spec.account_id, spec.region):
        eventbridge._dispatch_event({**event, "EventBusName": spec.resource.split("/", 1)[1]})


eventbridge._dispatch_to_event_bus = dispatch_to_any_region
lambda_svc._invoke = invoke_with_arn
lambda_svc._effective_func_record_for_qualifier = record_with_arn
lambda_svc._execute_function_warm = execute_with_arn

app.main()
