{{- define "relay.labels" -}}
app.kubernetes.io/name: port-reactor-relay
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "relay.image" -}}
{{- if .Values.image.digest -}}
{{ .Values.image.repository }}@{{ .Values.image.digest }}
{{- else -}}
{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}
{{- end -}}
{{- end -}}

{{/* All copies share 60 dispatches a minute. A partition must get its turn within 4 s: partitions × 60 s ÷ budget. */}}
{{- define "relay.budget" -}}{{ div 60 (int .Values.replicas) }}{{- end -}}
{{- define "relay.partitions" -}}
{{- $most := div (div 60 (int .Values.replicas)) 15 -}}
{{- if ge $most 4 }}4{{ else if ge $most 2 }}2{{ else }}1{{ end -}}
{{- end -}}

{{- define "relay.settings" -}}
{{- $derived := dict "GITHUB_REPOSITORY" (required "repository is required: owner/name of the repository that receives the dispatches" .Values.repository) "REACTOR_MAX_DISPATCHES_PER_MINUTE" (include "relay.budget" .) "REACTOR_PARTITIONS" (include "relay.partitions" .) -}}
{{- range $name, $value := merge (deepCopy .Values.settings) $derived }}
- name: {{ $name }}
  value: {{ $value | toString | quote }}
{{- end }}
{{- end -}}
