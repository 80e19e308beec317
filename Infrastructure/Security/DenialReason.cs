namespace WorkspaceService.Infrastructure.Security;

/// <summary>The reasons for denied access to a workspace, or denied use of the site (R16).</summary>
public static class DenialReason
{
    public const string UserInactive = "user_inactive";
    public const string NotAMember = "not_a_member";
    public const string RoleTooLow = "role_too_low";
    public const string WorkspaceArchived = "workspace_archived";
    public const string OrganizationSuspended = "organization_suspended";
    public const string SubscriptionEnded = "subscription_ended";
    public const string TrialEnded = "trial_ended";

    public static readonly string[] OfAccess = [UserInactive, NotAMember, RoleTooLow];

    public static readonly string[] OfSite =
        [UserInactive, NotAMember, WorkspaceArchived, OrganizationSuspended, SubscriptionEnded, TrialEnded];
}
