"""boto3 against the embedded account: AWS_ENDPOINT_URL names it. Exits 1 at the first difference."""

import json
import os
import urllib.request

import boto3
from botocore.exceptions import ClientError


def code_of(call):
    """The error code with which AWS refuses the call; None where it does not."""
    try:
        call()
    except ClientError as error:
        return error.response["Error"]["Code"]
    return None


def same(actual, expected, what):
    if actual != expected:
        raise SystemExit(f"boto3: {what}: expected {expected!r}, got {actual!r}")
    print(f"ok  {what}")


def tcp(port, *cidrs):
    ranges = [{"CidrIp": cidr} for cidr in cidrs]
    return {"IpProtocol": "tcp", "FromPort": port, "ToPort": port, "IpRanges": ranges}


def rules_of(ec2, group_id):
    filters = [{"Name": "group-id", "Values": [group_id]}]
    pages = ec2.get_paginator("describe_security_group_rules").paginate(
        Filters=filters, PaginationConfig={"PageSize": 5}
    )
    return [rule for page in pages for rule in page["SecurityGroupRules"]]


def ingress_cidrs(ec2, group_id):
    return [(r["FromPort"], r["CidrIpv4"]) for r in rules_of(ec2, group_id) if not r["IsEgress"]]


def check_rules(ec2, group_id):
    added = ec2.authorize_security_group_ingress(
        GroupId=group_id, IpPermissions=[tcp(22, "0.0.0.0/0", "10.0.0.0/8")]
    )["SecurityGroupRules"]
    same([r["CidrIpv4"] for r in added], ["0.0.0.0/0", "10.0.0.0/8"], "authorize answers both rules")
    again = lambda: ec2.authorize_security_group_ingress(GroupId=group_id, IpPermissions=[tcp(22, "10.0.0.0/8")])
    same(code_of(again), "InvalidPermission.Duplicate", "a rule that is there is a duplicate")
    world, private = (rule["SecurityGroupRuleId"] for rule in added)
    gone = ec2.revoke_security_group_ingress(GroupId=group_id, SecurityGroupRuleIds=[world])
    same([r["CidrIpv4"] for r in gone["RevokedSecurityGroupRules"]], ["0.0.0.0/0"], "revoke by id says what went")
    same(ingress_cidrs(ec2, group_id), [(22, "10.0.0.0/8")], "the private rule stays")
    new = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "CidrIpv4": "192.0.2.0/24", "Description": "office"}
    change = [{"SecurityGroupRuleId": private, "SecurityGroupRule": new}]
    ec2.modify_security_group_rules(GroupId=group_id, SecurityGroupRules=change)
    changed = [r for r in rules_of(ec2, group_id) if r["SecurityGroupRuleId"] == private]
    same([r["Description"] for r in changed], ["office"], "modify keeps the id")
    unknown = lambda: ec2.revoke_security_group_ingress(GroupId=group_id, SecurityGroupRuleIds=[world])
    same(code_of(unknown), "InvalidSecurityGroupRuleId.NotFound", "an id that went is not found")


def check_groups(ec2):
    vpc_id = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    spec = [{"ResourceType": "security-group", "Tags": [{"Key": "tier", "Value": "web"}]}]
    group_id = ec2.create_security_group(
        GroupName="web", Description="web & more; {tier}", VpcId=vpc_id, TagSpecifications=spec
    )["GroupId"]
    check_rules(ec2, group_id)
    ec2.authorize_security_group_ingress(
        GroupId=group_id, IpPermissions=[tcp(8080, *(f"10.{i}.0.0/16" for i in range(12)))]
    )
    same(len(rules_of(ec2, group_id)), 14, "paging reaches every rule")
    ec2.create_tags(Resources=[group_id], Tags=[{"Key": "owner", "Value": "Zoë"}])
    found = ec2.describe_security_groups(Filters=[{"Name": "tag:owner", "Values": ["Zoë"]}])["SecurityGroups"]
    same([g["Description"] for g in found], ["web & more; {tier}"], "tags find the group")
    same(code_of(lambda: ec2.describe_instances()), "InvalidAction", "an unknown call is InvalidAction")


def check_sns():
    sns = boto3.client("sns")
    topic = sns.create_topic(Name="portcullis")["TopicArn"]
    sns.publish(TopicArn=topic, Subject="closed", Message="tcp/22 is closed\nto new connections")
    with urllib.request.urlopen(os.environ["AWS_ENDPOINT_URL"] + "/_portcullis/messages") as answer:
        messages = json.load(answer)
    same([m["subject"] for m in messages], ["closed"], "published messages can be read")
    long_subject = lambda: sns.publish(TopicArn=topic, Subject="x" * 101, Message="m")
    same(code_of(long_subject), "InvalidParameter", "a long subject is refused")


def check_lambda():
    pages = boto3.client("lambda").get_paginator("list_functions").paginate(
        FunctionVersion="ALL", PaginationConfig={"PageSize": 1}
    )
    listed = [one for page in pages for one in page["Functions"]]
    same([one["Version"] for one in listed], ["$LATEST", "1"], "every version of a function is listed")
    groups = {group for one in listed for group in one["VpcConfig"]["SecurityGroupIds"]}
    described = boto3.client("ec2").describe_security_groups(GroupIds=list(groups))["SecurityGroups"]
    same([group["GroupName"] for group in described], ["night"], "a function names its group")


def check_ssm():
    ssm = boto3.client("ssm")
    same(code_of(lambda: ssm.get_parameter(Name="/portcullis/mode")), "ParameterNotFound", "no parameter yet")
    ssm.put_parameter(Name="/portcullis/mode", Value="alert", Type="String")
    parameter = ssm.get_parameter(Name="/portcullis/mode")["Parameter"]
    same((parameter["Value"], parameter["Version"]), ("alert", 1), "the parameter comes back")
    twice = lambda: ssm.put_parameter(Name="/portcullis/mode", Value="off", Type="String")
    same(code_of(twice), "ParameterAlreadyExists", "a parameter is not overwritten unasked")
    ssm.delete_parameter(Name="/portcullis/mode")


def check_dynamodb():
    dynamodb = boto3.client("dynamodb")
    dynamodb.create_table(
        TableName="ledger",
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
    )
    dynamodb.get_waiter("table_exists").wait(TableName="ledger", WaiterConfig={"Delay": 1})
    item = {"pk": {"S": "sgr-1"}, "note": {"S": "Zoë"}}
    dynamodb.put_item(TableName="ledger", Item=item)
    same(dynamodb.get_item(TableName="ledger", Key={"pk": item["pk"]})["Item"], item, "the item comes back")
    again = lambda: dynamodb.put_item(
        TableName="ledger", Item=item, ConditionExpression="attribute_not_exists(pk)"
    )
    same(code_of(again), "ConditionalCheckFailedException", "a conditional write is refused")


def main():
    check_groups(boto3.client("ec2"))
    check_sns()
    check_lambda()
    check_ssm()
    identity = boto3.client("sts").get_caller_identity()
    same(identity["Account"], "111122223333", "STS names the account")
    check_dynamodb()


main()
