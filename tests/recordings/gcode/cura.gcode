;FLAVOR:Marlin
;TIME:2710
;Filament used: 1.25m, 0.5m
;Layer height: 0.2
;MINX:90.5
;MINY:90.5
;MINZ:0.2
;MAXX:110.25
;MAXY:110.5
;MAXZ:0.6
;TARGET_MACHINE.NAME:Creality Ender-3
;Generated with Cura_SteamEngine 5.8.1
M140 S60
M105
M190 S60
M104 S200
M105
M109 S200
M82 ;absolute extrusion mode
; Ender 3 Custom Start G-code
G92 E0 ; Reset Extruder
G28 ; Home all axes
G1 Z2.0 F3000 ; Move Z Axis up little to prevent scratching of Heat Bed
G1 X0.1 Y20 Z0.3 F5000.0 ; Move to start position
G1 X0.1 Y200.0 Z0.3 F1500.0 E15 ; Draw the first line
G92 E0
;LAYER_COUNT:3
G1 Z0.2 F9000
G1 X90.5 Y90.5
G1 X110.25 Y90.5 E0.65000
G1 X110.25 Y110.5 E1.30000
G1 X90.5 Y110.5 E1.95000
G1 X90.5 Y90.5 E2.60000
G1 Z0.4 F9000
G1 X90.5 Y90.5
G1 X110.25 Y90.5 E3.25000
G1 X110.25 Y110.5 E3.90000
G1 X90.5 Y110.5 E4.55000
G1 X90.5 Y90.5 E5.20000
G1 Z0.6 F9000
G1 X90.5 Y90.5
G1 X110.25 Y90.5 E5.85000
G1 X110.25 Y110.5 E6.50000
G1 X90.5 Y110.5 E7.15000
G1 X90.5 Y90.5 E7.80000
G91 ;Relative positioning
G1 E-2 F2700 ;Retract a bit
G1 E-2 Z0.2 F2400 ;Retract and raise Z
G1 X5 Y5 F3000 ;Wipe out
G1 Z10 ;Raise Z more
G90 ;Absolute positioning

G1 X0 Y220 ;Present print
M106 S0 ;Turn-off fan
M104 S0 ;Turn-off hotend
M140 S0 ;Turn-off bed
M84 X Y E ;Disable all steppers but Z
M82 ;absolute extrusion mode
;End of Gcode
;SETTING_3 {"global_quality": "[general]\\nversion = 4\\nname = Standard #2\\nde
;SETTING_3 finition = creality_ender3\\n"}
