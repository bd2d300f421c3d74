"""Starts ministack with what is wrong in version 1.5.33 repaired: see docs/emulators.md."""

import json
import logging
import time

from ministack.core import iam_evaluator, lambda_runtime
from ministack.services import dynamodb, lambda_svc, secretsmanager, stepfunctions
from ministack.services.cloudformation import provisioners

# Names of errors. A function on Node that throws is reported as `Runtime.HandlerError` whatever it threw. On AWS the error's
# own name is its type, and state machines retry and catch by that name. It is sent beside the message and taken apart here.
MARK = "zhudai-error-name:"
THROWN = "error: String(err.message || err), trace"

assert THROWN in lambda_runtime._NODEJS_WORKER_SCRIPT, "this version of ministack reports errors in another way"
lambda_runtime._NODEJS_WORKER_SCRIPT = lambda_runtime._NODEJS_WORKER_SCRIPT.replace(
    THROWN, f'error: "{MARK}" + (err.name || "Error") + "\\n" + String(err.message || err), trace'
)

execute = lambda_svc._execute_function_warm


def execute_with_error_name(func, event, request_id):
    result = execute(func, event, request_id)
    body = result.get("body")
    message = body.get("errorMessage", "") if result.get("error") and isinstance(body, dict) else ""
    if message.startswith(MARK):
        name, _, text = message.removeprefix(MARK).partition("\n")
        result["body"] = {"errorType": name, "errorMessage": text}
    return result


lambda_svc._execute_function_warm = execute_with_error_name

# Roles of the CDK. With AUTH=true every request is judged by the policies of its role; those of the CDK's own bootstrap
# stack are misread and would end the deployment. What the platform's roles may do is judged and told.
judge = iam_evaluator.enforce


def split_qualifier(arn):
    parts = arn.split(":")
    return ":".join(parts[:7]), (parts[7] if len(parts) > 7 else None)


log = logging.getLogger("ministack")


def judge_platform(access_key_id, iam_action, *rest, **named):
    if iam_action in ("states:StartExecution", "states:StartSyncExecution"):
        # On AWS a start by a version or an alias is judged by the machine, and the qualifier is a condition.
        machine, qualifier = split_qualifier(named.get("resource_arn", ""))
        context = {"states:StateMachineQualifier": qualifier} if qualifier else {}
        named = {**named, "resource_arn": machine, "service_context": {**(named.get("service_context") or {}), **context}}
    refused = judge(access_key_id, iam_action, *rest, **named)
    if refused is not None and iam_action in ("states:SendTaskSuccess", "states:SendTaskFailure"):
        # On AWS the answer to a token is judged by its machine; here no machine is looked up, so one that may do.
        for machine in list(stepfunctions._state_machines):
            if judge(access_key_id, iam_action, *rest, **{**named, "resource_arn": machine}) is None:
                return None
    who = getattr(refused, "principal_arn", None) or ""
    if refused is None or ":assumed-role/cdk-" in who:
        return None
    log.warning("not allowed: %s on %s by %s", iam_action, named.get("resource_arn"), who or refused)
    return refused


iam_evaluator.enforce = judge_platform

# TLS. The emulator speaks plain HTTP; our buckets, queues and topics refuse whatever does not come over TLS.
pin_origin = iam_evaluator.pin_request_origin


def pin_secure_origin(source_ip, _secure_transport):
    pin_origin(source_ip, True)


iam_evaluator.pin_request_origin = pin_secure_origin

# Secrets. `Ref` of a secret is its ARN (CloudFormation guide); here it is the name, which no policy statement fits.
secret = provisioners._RESOURCE_HANDLERS["AWS::SecretsManager::Secret"]
create_by_name, delete_by_name = secret["create"], secret["delete"]


def create_secret(*given):
    _, attributes = create_by_name(*given)
    return attributes["Arn"], attributes


def delete_secret(arn, properties):
    for name, kept in list(secretsmanager._secrets.items()):
        if kept["ARN"] == arn:
            delete_by_name(name, properties)


secret.update(create=create_secret, delete=delete_secret)

# Saved queries. A type of CloudFormation that is not known here; nothing asks them in a journey, so a name is enough.
provisioners._RESOURCE_HANDLERS.setdefault(
    "AWS::Logs::QueryDefinition",
    {
        "create": lambda logical_id, properties, stack: (properties["Name"], {"QueryDefinitionId": properties["Name"]}),
        "delete": lambda physical_id, properties: None,
    },
)

# Alarms on a sum of metrics, which end the deployment here: each becomes one on the first of its metrics.
alarm_record = provisioners._cw_metric_alarm_record


def alarm_on_one_metric(name, properties):
    measured = [each["MetricStat"] for each in properties.get("Metrics", []) if "MetricStat" in each]
    if not measured:
        return alarm_record(name, properties)
    plain = {key: value for key, value in properties.items() if key != "Metrics"}
    first = measured[0]
    return alarm_record(name, {**plain, **first["Metric"], "Period": first["Period"], "Statistic": first["Stat"]})


provisioners._cw_metric_alarm_record = alarm_on_one_metric

# Children of machines. Started by an alias they are not found, though any other start by an alias is.
start_child = stepfunctions._start_sync_execution


def start_child_of_alias(request):
    machine = stepfunctions._resolve_state_machine_arn(request.get("stateMachineArn", ""))
    return start_child({**request, "stateMachineArn": machine} if machine else request)


stepfunctions._start_sync_execution = start_child_of_alias

# Versions and aliases of machines. The service knows them, CloudFormation there does not.


def answered(response):
    status, _headers, body = response
    if status >= 400:
        raise ValueError(f"state machine version or alias: {body!r}")
    return json.loads(body)


def publish_version(logical_id, properties, stack):
    arn = answered(
        stepfunctions._publish_state_machine_version(
            {"stateMachineArn": properties["StateMachineArn"], "revisionId": properties.get("StateMachineRevisionId")}
        )
    )["stateMachineVersionArn"]
    return arn, {"Arn": arn}


def routing_of(properties):
    return [
        {"stateMachineVersionArn": route["StateMachineVersionArn"], "weight": int(route["Weight"])}
        for route in properties["RoutingConfiguration"]
    ]


def create_alias(logical_id, properties, stack):
    arn = answered(
        stepfunctions._create_state_machine_alias(
            {"name": properties["Name"], "routingConfiguration": routing_of(properties)}
        )
    )["stateMachineAliasArn"]
    return arn, {"Arn": arn}


def update_alias(arn, before, properties, stack, logical_id=None):
    answered(
        stepfunctions._update_state_machine_alias(
            {"stateMachineAliasArn": arn, "routingConfiguration": routing_of(properties)}
        )
    )
    return arn, {"Arn": arn}


provisioners._RESOURCE_HANDLERS.setdefault(
    "AWS::StepFunctions::StateMachineVersion",
    {
        "create": publish_version,
        # Retained: a changed revision is a new version, and nobody takes the old one away.
        "update": lambda arn, before, properties, stack, logical_id=None: (
            publish_version(logical_id, properties, stack) if before != properties else (arn, {"Arn": arn})
        ),
        "delete": lambda arn, properties: None,
    },
)
provisioners._RESOURCE_HANDLERS.setdefault(
    "AWS::StepFunctions::StateMachineAlias",
    {
        "create": create_alias,
        "update": update_alias,
        "delete": lambda arn, properties: stepfunctions._delete_state_machine_alias({"stateMachineAliasArn": arn}),
    },
)

# Point-in-time recovery. CloudFormation does not turn it on there, its window is the present moment, and a restored table
# does not say where it comes from. Its items are those of the moment of the restore, whatever instant was asked for.
table = provisioners._RESOURCE_HANDLERS["AWS::DynamoDB::Table"]
create_without_recovery = table["create"]
describe_backups, describe_table = dynamodb._describe_continuous_backups, dynamodb._table_description
restore_table = dynamodb._restore_table_to_point_in_time


def create_with_recovery(logical_id, properties, stack):
    name, attributes = create_without_recovery(logical_id, properties, stack)
    recovery = properties.get("PointInTimeRecoverySpecification")
    if recovery:
        answered(dynamodb._update_continuous_backups({"TableName": name, "PointInTimeRecoverySpecification": recovery}))
    return name, attributes


def describe_window(request):
    status, headers, body = describe_backups(request)
    if status != 200:
        return status, headers, body
    answer = json.loads(body)
    recovery = answer["ContinuousBackupsDescription"]["PointInTimeRecoveryDescription"]
    if recovery["PointInTimeRecoveryStatus"] == "ENABLED":
        recovery["EarliestRestorableDateTime"] = dynamodb._tables[request["TableName"]]["CreationDateTime"]
        recovery["LatestRestorableDateTime"] = int(time.time())
    return status, headers, json.dumps(answer)


def restore_with_origin(request):
    status, headers, body = restore_table(request)
    if status == 200:
        dynamodb._tables[request["TargetTableName"]]["RestoreSummary"] = {
            "SourceTableArn": dynamodb._tables[request["SourceTableName"]]["TableArn"],
            "RestoreDateTime": request["RestoreDateTime"],
            "RestoreInProgress": False,
        }
    return status, headers, body


def describe_with_origin(name):
    origin = dynamodb._tables[name].get("RestoreSummary")
    return {**describe_table(name), **({"RestoreSummary": origin} if origin else {})}


table["create"] = create_with_recovery
dynamodb._describe_continuous_backups = describe_window
dynamodb._restore_table_to_point_in_time = restore_with_origin
dynamodb._table_description = describe_with_origin

if __name__ == "__main__":
    from ministack.app import main

    main()
