/** The VPC of functions, mount targets and jobs: two zones, no access from outside. */
import type { DeploymentConfig } from './config';
import { rulesOf } from './secrets';
import { attribute, type Resources, ref, sub, tags, type Value } from './template';

export interface Network {
  readonly vpcId: Value;
  readonly subnetIds: readonly Value[];
  readonly securityGroupIds: readonly Value[];
  readonly resources: Resources;
}

const ZONES = ['A', 'B'] as const;

/**
 * Interface endpoints, the only way to AWS without a NAT gateway. Each costs 7.30 $ a month in each of two zones, and
 * money for each GB. S3's gateway endpoint is free. With a NAT gateway (33 $ a month, and money for each GB) the stack
 * makes no interface endpoints, as the gateway is cheaper. Lambda itself takes logs and traces from functions. `sts` is
 * not needed: a job gets its credentials from the ECS agent.
 */
const FUNCTION_ENDPOINTS = [
  'elasticfilesystem',
  // The cleaner of a stopped execution calls these, besides removing the working directory.
  ...['states', 'batch', 'lambda'],
];
/** The ECS agent registers its instance (three endpoints), pulls images (two; their layers are in S3), writes logs. */
const JOB_ENDPOINTS = ['ecs', 'ecs-agent', 'ecs-telemetry', 'ecr.api', 'ecr.dkr', 'logs'];
/** The ECS agent reads the secrets of jobs. */
const SECRET_ENDPOINTS = ['secretsmanager', 'ssm'] as const;

export function networkOf(config: DeploymentConfig, envBase: string): Network {
  const { network, jobQueue, dataSyncEnabled, secrets } = config;
  if (!('create' in network)) {
    const { vpcId, subnetIds, securityGroupIds } = network;
    return { vpcId, subnetIds, securityGroupIds, resources: {} };
  }
  const { cidr, natGateway } = network.create;
  const endpoints = [
    ...FUNCTION_ENDPOINTS,
    ...(dataSyncEnabled ? ['datasync'] : []),
    ...('create' in jobQueue ? JOB_ENDPOINTS : []),
    ...SECRET_ENDPOINTS.filter((service) => rulesOf(secrets.allowed, service).length > 0),
  ];
  return {
    vpcId: ref('Vpc'),
    subnetIds: ZONES.map((zone) => ref(`PrivateSubnet${zone}`)),
    securityGroupIds: [ref('DemandSecurityGroup')],
    resources: {
      ...vpc(cidr, envBase),
      ...securityGroups(cidr, envBase),
      ...(natGateway ? natGatewayOf(cidr, envBase) : interfaceEndpoints(endpoints, envBase)),
    },
  };
}

function vpc(cidr: string, envBase: string): Resources {
  const subnets = ZONES.map((zone, index) => [
    `PrivateSubnet${zone}`,
    subnet(zone, cidr, index, `${envBase}-private-${zone.toLowerCase()}`),
  ]);
  const associations = ZONES.map((zone) => [
    `PrivateSubnet${zone}RouteTable`,
    association(`PrivateSubnet${zone}`, 'PrivateRouteTable'),
  ]);
  return {
    Vpc: {
      Type: 'AWS::EC2::VPC',
      // DNS is on: mount targets and private endpoints get their names from it.
      Properties: {
        CidrBlock: cidr,
        EnableDnsSupport: true,
        EnableDnsHostnames: true,
        Tags: tags({ Name: envBase }),
      },
    },
    PrivateRouteTable: {
      Type: 'AWS::EC2::RouteTable',
      Properties: { VpcId: ref('Vpc'), Tags: tags({ Name: `${envBase}-private` }) },
    },
    ...Object.fromEntries([...subnets, ...associations]),
    S3Endpoint: {
      Type: 'AWS::EC2::VPCEndpoint',
      Properties: {
        VpcEndpointType: 'Gateway',
        VpcId: ref('Vpc'),
        ServiceName: sub('com.amazonaws.${AWS::Region}.s3'),
        RouteTableIds: [ref('PrivateRouteTable')],
      },
    },
  };
}

function subnet(zone: string, cidr: string, index: number, name: string) {
  return {
    Type: 'AWS::EC2::Subnet',
    Properties: {
      VpcId: ref('Vpc'),
      AvailabilityZone: { 'Fn::Select': [zone === 'A' ? 0 : 1, { 'Fn::GetAZs': '' }] },
      // Each subnet has a quarter of the VPC. The third quarter is for the NAT gateway.
      CidrBlock: quarterOf(cidr, index),
      MapPublicIpOnLaunch: false,
      Tags: tags({ Name: name }),
    },
  };
}

/** Returns a quarter of a block: 1 of `10.64.0.0/20` is `10.64.4.0/22`. */
function quarterOf(cidr: string, index: number): string {
  const [address = '', bits = ''] = cidr.split('/');
  const size = Number(bits) + 2;
  const first =
    address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0) + index * 2 ** (32 - size);
  return `${[24, 16, 8, 0].map((shift) => Math.floor(first / 2 ** shift) % 256).join('.')}/${size}`;
}

function association(subnetId: string, routeTable: string) {
  return {
    Type: 'AWS::EC2::SubnetRouteTableAssociation',
    Properties: { SubnetId: ref(subnetId), RouteTableId: ref(routeTable) },
  };
}

function securityGroups(cidr: string, envBase: string): Resources {
  return {
    DemandSecurityGroup: {
      Type: 'AWS::EC2::SecurityGroup',
      Properties: {
        GroupDescription: 'Functions and jobs of demand executions: no ingress',
        VpcId: ref('Vpc'),
        SecurityGroupEgress: [
          egress(443, '0.0.0.0/0', 'S3 behind its gateway, and services behind a NAT, have public addresses'),
          egress(2049, cidr, 'NFS to the mount targets'),
        ],
        Tags: tags({ Name: envBase }),
      },
    },
  };
}

function egress(port: number, cidr: string, description: string) {
  return { IpProtocol: 'tcp', FromPort: port, ToPort: port, CidrIp: cidr, Description: description };
}

function interfaceEndpoints(services: readonly string[], envBase: string): Resources {
  const endpoints = services.map((service) => [
    `${service
      .split(/[.-]/)
      .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
      .join('')}Endpoint`,
    {
      Type: 'AWS::EC2::VPCEndpoint',
      Properties: {
        VpcEndpointType: 'Interface',
        VpcId: ref('Vpc'),
        ServiceName: sub(`com.amazonaws.\${AWS::Region}.${service}`),
        PrivateDnsEnabled: true,
        SubnetIds: ZONES.map((zone) => ref(`PrivateSubnet${zone}`)),
        SecurityGroupIds: [ref('EndpointSecurityGroup')],
      },
    },
  ]);
  return {
    EndpointSecurityGroup: {
      Type: 'AWS::EC2::SecurityGroup',
      Properties: {
        GroupDescription: 'Interface endpoints: HTTPS from functions and jobs',
        VpcId: ref('Vpc'),
        SecurityGroupIngress: [
          {
            IpProtocol: 'tcp',
            FromPort: 443,
            ToPort: 443,
            SourceSecurityGroupId: attribute('DemandSecurityGroup', 'GroupId'),
            Description: 'HTTPS from functions and jobs',
          },
        ],
        // An endpoint opens no connections. Without a rule, CloudFormation would allow all.
        SecurityGroupEgress: [egress(443, '127.0.0.1/32', 'Nothing')],
        Tags: tags({ Name: `${envBase}-endpoints` }),
      },
    },
    ...Object.fromEntries(endpoints),
  };
}

/** Makes one NAT gateway for both zones. A second one, for the failure of a zone, would double the costs. */
function natGatewayOf(cidr: string, envBase: string): Resources {
  return {
    InternetGateway: { Type: 'AWS::EC2::InternetGateway', Properties: { Tags: tags({ Name: envBase }) } },
    InternetGatewayAttachment: {
      Type: 'AWS::EC2::VPCGatewayAttachment',
      Properties: { VpcId: ref('Vpc'), InternetGatewayId: ref('InternetGateway') },
    },
    PublicSubnet: subnet('A', cidr, 2, `${envBase}-public`),
    PublicRouteTable: {
      Type: 'AWS::EC2::RouteTable',
      Properties: { VpcId: ref('Vpc'), Tags: tags({ Name: `${envBase}-public` }) },
    },
    PublicSubnetRouteTable: association('PublicSubnet', 'PublicRouteTable'),
    PublicRoute: {
      Type: 'AWS::EC2::Route',
      DependsOn: 'InternetGatewayAttachment',
      Properties: {
        RouteTableId: ref('PublicRouteTable'),
        DestinationCidrBlock: '0.0.0.0/0',
        GatewayId: ref('InternetGateway'),
      },
    },
    NatAddress: {
      Type: 'AWS::EC2::EIP',
      DependsOn: 'InternetGatewayAttachment',
      Properties: { Domain: 'vpc' },
    },
    NatGateway: {
      Type: 'AWS::EC2::NatGateway',
      Properties: { AllocationId: attribute('NatAddress', 'AllocationId'), SubnetId: ref('PublicSubnet') },
    },
    PrivateRoute: {
      Type: 'AWS::EC2::Route',
      Properties: {
        RouteTableId: ref('PrivateRouteTable'),
        DestinationCidrBlock: '0.0.0.0/0',
        NatGatewayId: ref('NatGateway'),
      },
    },
  };
}
