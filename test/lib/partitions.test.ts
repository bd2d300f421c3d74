import { describe, expect, it } from 'vitest';
import { synthesised } from './synthesised.ts';

describe.each(['cn-north-1', 'cn-northwest-1'])('in %s', (region) => {
  const cloud = synthesised({ region });

  it('uses no service that is missing there', () => {
    const missing =
      /^AWS::(Cognito::UserPool|Lambda::Url|CloudFront::(OriginAccessControl|Function)|AppSync|SES|Pinpoint|Textract|Rekognition|Bedrock)/;
    expect(cloud.resources.filter(({ type }) => missing.test(type))).toEqual([]);
  });

  it('runs on x86_64 without X-Ray', () => {
    const functions = cloud.ofType('AWS::Lambda::Function');
    expect(functions.length).toBeGreaterThan(50);
    for (const { properties } of functions) {
      expect(properties['Architectures']).toEqual(['x86_64']);
      expect(properties['TracingConfig']).toBeUndefined();
    }
    expect(cloud.text).not.toContain('xray:');
    for (const { properties } of cloud.ofType('AWS::StepFunctions::StateMachine'))
      expect(properties['TracingConfiguration']).toEqual({ Enabled: false });
    for (const { properties } of cloud.ofType('AWS::ApiGateway::Stage'))
      expect(properties['TracingEnabled']).not.toBe(true);
  });

  it('calls no HTTP task and sends no message through SNS to a phone', () => {
    expect(cloud.text).not.toContain('states:::http:invoke');
    expect(cloud.text).not.toContain('"Protocol":"sms"');
  });

  it('names no partition, but asks for the one it is in', () => {
    expect(cloud.text).not.toContain('arn:aws:');
    for (const { properties } of cloud.ofType('AWS::StepFunctions::StateMachine'))
      expect(properties['DefinitionString']).toContain('arn:${Partition}:states:::lambda:invoke');
  });

  it('has no edge-optimised API', () => {
    for (const { properties } of cloud.ofType('AWS::ApiGateway::RestApi'))
      expect(properties['EndpointConfiguration']).toEqual({ Types: ['REGIONAL'] });
  });
});
