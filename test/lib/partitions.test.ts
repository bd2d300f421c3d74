import { describe, expect, it } from 'vitest';
import { synthesised } from './synthesised.ts';

describe.each(['cn-north-1', 'cn-northwest-1'])('in %s', (region) => {
  const cloud = synthesised({ region });

  it('uses no service that is missing there', () => {
    const missing =
      /^AWS::(Cognito|Lambda::Url|CloudFront|AppSync|VerifiedPermissions::IdentitySource|SES|Pinpoint|SMSVOICE|Connect|Textract|Rekognition|Bedrock|Macie|XRay)/;
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

describe('in us-east-1', () => {
  const cloud = synthesised({ region: 'us-east-1' });

  it('runs on arm64 and is traced', () => {
    for (const { properties } of cloud.ofType('AWS::Lambda::Function')) {
      expect(properties['Architectures']).toEqual(['arm64']);
      expect(properties['TracingConfig']).toEqual({ Mode: 'Active' });
    }
  });
});

describe('for no particular Region', () => {
  it('asks for the partition wherever one is named', () => {
    expect(synthesised().text).not.toContain('arn:aws:');
  });
});
